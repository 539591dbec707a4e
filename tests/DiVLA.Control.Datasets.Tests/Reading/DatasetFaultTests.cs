using System.Text.Json.Nodes;
using Apache.Arrow;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Tables;
using DiVLA.Control.Datasets.Tests.Support;

namespace DiVLA.Control.Datasets.Tests.Reading;

/// <summary>Whatever is wrong with a dataset is told with file, row and column.</summary>
internal sealed class DatasetFaultTests
{
    private const string Front = "observation.images.front";
    private const string FrontFile = "videos/observation.images.front/chunk-000/file-000.mp4";

    private DamagedDataset _dataset = null!;

    [SetUp]
    public void Copy() => _dataset = new DamagedDataset(LibraryDatasets.Video);

    [TearDown]
    public void Delete() => _dataset.Dispose();

    [Test]
    public void Open_AnUntouchedCopy_FindsNothing() => Assert.That(_dataset.Open(), Is.Empty);

    [Test]
    public void Open_AnyOtherFolder_SaysWhatIsMissing()
    {
        var rejected = Assert.Throws<DatasetRejectedException>(() => LeRobotDataset.Open(Path.GetTempPath()))!;
        Assert.That(rejected.Message, Does.Contain("meta/info.json: missing: this folder holds no LeRobotDataset"));
    }

    [TestCase("v2.1", "convert_dataset_v21_to_v30")]
    [TestCase("v4.0", "newer version of this program")]
    public void Open_AnotherVersion_SaysWhatToDo(string version, string fix)
    {
        _dataset.EditInfo(info => info["codebase_version"] = version);
        var fault = _dataset.Open().Single();
        Assert.That(fault.ToString(), Does.StartWith($"meta/info.json, column codebase_version: found {version}, expected v3.0").And.Contain(fix));
    }

    [Test]
    public void Open_InfoThatIsNoJson_IsRefused()
    {
        File.WriteAllText(_dataset.PathOf("meta/info.json"), "{ \"fps\": ");
        Assert.That(_dataset.Open().Single().File, Is.EqualTo("meta/info.json"));
    }

    [TestCase("total_frames", 96, "found 96, but the episodes of meta/episodes have 95 rows together")]
    [TestCase("total_episodes", 4, "found 4, but meta/episodes has 3 rows")]
    [TestCase("total_tasks", 3, "found 3, but meta/tasks.parquet has 2 rows")]
    [TestCase("fps", 0, "found 0, expected at least 1")]
    public void Open_InfoThatContradictsItself_IsRefused(string field, int value, string problem)
    {
        _dataset.EditInfo(info => info[field] = value);
        Assert.That(_dataset.Open(), Has.Some.Matches<DatasetFault>(fault => fault!.File == "meta/info.json" && fault.Column == field && fault.Problem.StartsWith(problem, StringComparison.Ordinal)));
    }

    [TestCase("data/chunk-000/file-000.parquet")]
    [TestCase("meta/tasks.parquet")]
    [TestCase("meta/episodes/chunk-000/file-000.parquet")]
    public void Open_ATruncatedTable_NamesTheFile(string file)
    {
        _dataset.Truncate(file);
        Assert.That(_dataset.Open(), Has.Some.Matches<DatasetFault>(fault => fault!.File == file && fault.Problem.Contains("cut off", StringComparison.Ordinal)));
    }

    [Test]
    public void Open_AMissingDataFile_NamesIt()
    {
        File.Delete(_dataset.PathOf(DamagedDataset.Data));
        Assert.That(_dataset.Open(), Has.Some.Matches<DatasetFault>(fault => fault!.File == DamagedDataset.Data && fault.Problem.StartsWith("missing", StringComparison.Ordinal)));
    }

    [Test]
    public void Open_AMissingColumn_NamesItAndWhatIsThere()
    {
        _dataset.EditColumns(columns => columns.Remove("action"));
        var fault = _dataset.Open().Single();
        Assert.That((fault.File, fault.Column), Is.EqualTo((DamagedDataset.Data, "action")));
        Assert.That(fault.Problem, Does.StartWith("missing").And.Contain("observation.state"));
    }

    [Test]
    public void Open_AColumnTooMany_NamesIt()
    {
        _dataset.EditColumns(columns => columns.Add("reward", ArrowColumns.Floats(new float[95])));
        Assert.That(_dataset.Open().Single().Column, Is.EqualTo("reward"));
    }

    [Test]
    public void Open_WholeNumbersThatAreReal_NamesTheColumn()
    {
        _dataset.EditColumns(columns => columns["frame_index"] = ArrowColumns.Doubles(new double[95]));
        var fault = _dataset.Open()[0];
        Assert.That((fault.Column, fault.Problem), Is.EqualTo(("frame_index", "found double, expected int64")));
    }

    [Test]
    public void Open_AStateOfText_NamesTheColumn()
    {
        _dataset.EditColumns(columns => columns["observation.state"] = ArrowColumns.Texts(Enumerable.Repeat("no", 95)));
        Assert.That(_dataset.Open(), Has.Some.Matches<DatasetFault>(fault => fault!.Column == "observation.state" && fault.Problem.Contains("utf8", StringComparison.Ordinal)));
    }

    [Test]
    public void Open_AStateOfAnotherLength_NamesTheColumn()
    {
        _dataset.EditColumns(columns => columns["observation.state"] = ArrowColumns.Vectors(ArrowColumns.Floats(new float[95 * 7]), 7));
        Assert.That(_dataset.Open().Single().Problem, Is.EqualTo("found lists of 7 numbers, expected 8 as info.json says"));
    }

    [Test]
    public void Open_AStateThatIsNoNumber_NamesRowAndJoint()
    {
        _dataset.EditVectors("observation.state", values => values[17 * 8 + 3] = float.NaN);
        Assert.That(_dataset.Open().Single().ToString(), Is.EqualTo(
            "data/chunk-000/file-000.parquet, row 17, column observation.state[3] (panda_joint4): found NaN, expected a finite number"));
    }

    [Test]
    public void Open_SeveralInfiniteActions_TellsTheFirstAndHowMany()
    {
        _dataset.EditVectors("action", values => values[5] = values[80] = float.PositiveInfinity);
        var fault = _dataset.Open().Single();
        Assert.That(fault.Row, Is.Zero);
        Assert.That(fault.Problem, Does.EndWith("and 1 more in this column"));
    }

    [Test]
    public void Open_AnEmptyCell_NamesItsRow()
    {
        _dataset.EditColumns(columns => columns["timestamp"] = new FloatArray.Builder().AppendRange(new float[9]).AppendNull().AppendRange(new float[85]).Build());
        Assert.That(_dataset.Open(), Has.Some.Matches<DatasetFault>(fault => fault is { Column: "timestamp", Row: 9 } && fault.Problem.StartsWith("empty", StringComparison.Ordinal)));
    }

    [Test]
    public void Open_AGapInTheIndex_NamesTheFirstRowBehindIt()
    {
        _dataset.EditIntegers("index", values => System.Array.ForEach([.. Enumerable.Range(10, 85)], row => values[row]++));
        var fault = _dataset.Open().Single();
        Assert.That((fault.Row, fault.Column), Is.EqualTo((10L, "index")));
        Assert.That(fault.Problem, Does.StartWith("found 11, expected 10"));
    }

    [Test]
    public void Open_FramesThatJump_NamesRowAndColumn()
    {
        _dataset.EditIntegers("frame_index", values => values[46] = 2);
        Assert.That(_dataset.Open().Single().ToString(), Does.Contain("row 46, column frame_index: found 2, expected 1"));
    }

    [Test]
    public void Open_ATaskThatIsNotThere_NamesRowAndColumn()
    {
        _dataset.EditIntegers("task_index", values => values[3] = 7);
        Assert.That(_dataset.Open().Single().ToString(), Does.Contain("row 3, column task_index: found 7, expected one of the 2 tasks"));
    }

    [Test]
    public void Open_TimesOfAnotherRate_NamesTheFirstRow()
    {
        _dataset.EditInfo(info => info["fps"] = 29);
        Assert.That(_dataset.Open(), Has.Some.Matches<DatasetFault>(fault => fault is { Column: "timestamp", Row: 1 }));
    }

    [Test]
    public void Open_AVideoWithTooFewFrames_NamesRowAndFrames()
    {
        var cut = _dataset.PathOf("cut.mp4");
        Program.Run("ffmpeg", "-v", "error", "-i", _dataset.PathOf(FrontFile), "-c", "copy", "-frames:v", "80", cut);
        File.Move(cut, _dataset.PathOf(FrontFile), overwrite: true);
        var fault = _dataset.Open().Single();
        Assert.That((fault.File, fault.Row, fault.Column), Is.EqualTo((FrontFile, 5L, Front)));
        Assert.That(fault.Problem, Does.Contain("row 5 of the 20 rows of episode 2").And.Contain("80 frames"));
    }

    [Test]
    public void Open_AVideoOfAnotherSize_SaysBoth()
    {
        _dataset.EditInfo(info => info["features"]![Front]!["shape"] = new JsonArray(64, 64, 3));
        Assert.That(_dataset.Open().Single().Problem, Is.EqualTo("frames are 160 x 128, expected 64 x 64 as info.json says"));
    }

    [Test]
    public void Open_ADamagedVideo_NamesTheFile()
    {
        File.WriteAllBytes(_dataset.PathOf(FrontFile), new byte[1000]);
        Assert.That(_dataset.Open().Single().File, Is.EqualTo(FrontFile));
    }

    [Test]
    public void Open_AMissingVideo_NamesTheFile()
    {
        File.Delete(_dataset.PathOf(FrontFile));
        Assert.That(_dataset.Open().Single().ToString(), Does.StartWith(FrontFile + ": missing"));
    }

    [Test]
    public void Open_SeveralFaults_TellsThemTogether()
    {
        _dataset.EditVectors("observation.state", values => values[0] = float.NaN);
        _dataset.EditInfo(info => info["total_frames"] = 1);
        File.Delete(_dataset.PathOf(FrontFile));
        Assert.That(_dataset.Open().Select(fault => fault.File), Is.EquivalentTo(new[] { "meta/info.json", DamagedDataset.Data, FrontFile }));
    }

    [Test]
    public void Frames_ADamagedPicture_NamesRowAndCamera()
    {
        using var images = new DamagedDataset(LibraryDatasets.Images);
        images.EditColumns(columns =>
        {
            var pictures = (StructArray)columns[Front];
            var files = Enumerable.Range(0, pictures.Length).Select(row => ((BinaryArray)pictures.Fields[0]).GetBytes(row).ToArray()).ToArray();
            files[41] = [1, 2, 3];
            columns[Front] = ArrowColumns.Pictures(files, files.Select(_ => ""));
        });
        var rejected = Assert.Throws<DatasetRejectedException>(() => LeRobotDataset.Open(images.Root).Frames(Front).Count())!;
        Assert.That(rejected.Faults.Single().ToString(), Is.EqualTo($"{DamagedDataset.Data}, row 41, column {Front}: the 3 bytes are no PNG or JPEG picture"));
    }

    [Test]
    public void Open_ImageColumnOfNumbers_IsRefused()
    {
        using var images = new DamagedDataset(LibraryDatasets.Images);
        images.EditColumns(columns => columns[Front] = ArrowColumns.Integers(new long[65]));
        Assert.That(images.Open().Single().Problem, Does.StartWith("found int64, expected pictures"));
    }
}
