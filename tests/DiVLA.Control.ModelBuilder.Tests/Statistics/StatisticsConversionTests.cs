using System.Text;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Statistics;
using DiVLA.Control.ModelBuilder.Statistics.Pickle;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Statistics;

public sealed class StatisticsConversionTests
{
    private static IEnumerable<GoldenFolder> Folders => GoldenFolder.All.Where(folder => File.Exists(Path.Combine(folder.Checkpoint, "dataset_stats.pkl")));

    [Category("Golden")]
    [TestCaseSource(nameof(Folders))]
    public void Convert_PublishedPickle_EqualsTheJson(GoldenFolder golden)
    {
        using var folder = new TemporaryFolder();
        var written = StatisticsConversion.Convert(Path.Combine(golden.Checkpoint, "dataset_stats.pkl"), folder.File("stats.json"));
        var head = GoldenHead.Read(Path.Combine(golden.Checkpoint, ModelConfig.FileName));
        var (converted, expected) = (Read(folder.File("stats.json"), head), Read(Path.Combine(golden.Checkpoint, DatasetStatistics.FileName), head));
        Assert.That(written, Has.Count.EqualTo(6));
        Assert.That(Singles(converted.ActionMin), Is.EqualTo(Singles(expected.ActionMin)));
        Assert.That(Singles(converted.ActionMax), Is.EqualTo(Singles(expected.ActionMax)));
        Assert.That(Singles(converted.StateMean), Is.EqualTo(Singles(expected.StateMean)));
        Assert.That(Singles(converted.StateStd), Is.EqualTo(Singles(expected.StateStd)));
    }

    // Each as Python writes it; what follows the refused instruction would run a command.
    private static IEnumerable<TestCaseData> Programs =>
    [
        Program("STACK_GLOBAL", 17, "posix.system", "\u0080\u0004\u008c\u0005posix\u008c\u0006system\u0093\u008c\u0002id\u0085R."),
        Program("GLOBAL", 2, "os.system", "\u0080\u0002cos\nsystem\nX\u0002\0\0\0id\u0085R."),
        Program("GLOBAL", 0, "builtins.eval", "cbuiltins\neval\n(X\u0001\0\0\01tR."),
        Program("GLOBAL", 2, "numpy.f2py.crackfortran.getlincoef", "\u0080\u0002cnumpy.f2py.crackfortran\ngetlincoef\n."),
        Program("GLOBAL", 2, "numpy.core.multiarray.fromfile", "\u0080\u0002cnumpy.core.multiarray\nfromfile\n."),
        Program("instruction 0x69", 3, "not one of", "\u0080\u0002(ios\nsystem\n."),
        Program("instruction 0x81", 4, "not one of", "\u0080\u0002})\u0081."),
        Program("instruction 0x51", 4, "not one of", "\u0080\u0002K\u0001Q."),
        Program("instruction 0x82", 2, "not one of", "\u0080\u0002\u0082\u0001."),
        Program("REDUCE", 41, "arguments that are not known", "\u0080\u0002cnumpy.core.multiarray\n_reconstruct\nK\u0001\u0085R."),
        Program("REDUCE", 5, "no name", "\u0080\u0002})\u0094R."),
        Program("BUILD", 5, "not the state", "\u0080\u0002}}\u0094b."),
    ];

    [TestCaseSource(nameof(Programs))]
    public void Convert_AnythingButNumbers_IsRefusedWithInstructionAndOffset(string instruction, int offset, string problem, string pickle)
    {
        var fault = Refusal(pickle);
        Assert.That(fault.Message, Does.Contain($"{instruction} at byte {offset}").And.Contain(problem));
        Assert.That(fault.Instruction, Is.EqualTo(instruction));
        Assert.That(fault.Offset, Is.EqualTo(offset));
    }

    [TestCase("\u0080\u0004\u0095", "FRAME at byte 2: needs 8 bytes, 0 follow")]
    [TestCase("\u0080\u0004", "at byte 2: needs 1 bytes")]
    [TestCase("\u0080\u0004.", "STOP at byte 2: there are too few values")]
    [TestCase("\u0080\u0004t.", "TUPLE at byte 2: there is no mark")]
    [TestCase("\u0080\u0004h\u0007.", "BINGET at byte 2: nothing was remembered as 7")]
    [TestCase("\u0080\u0004\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f.", "BINBYTES8 at byte 2: needs 9223372036854775807 bytes")]
    [TestCase("\u0080\u0004}K\u0001K\u0002s.", "SETITEM at byte 7: a key is not a text")]
    [TestCase("\u0080\u0004].", "holds no dictionary")]
    [TestCase("\u0080\u0004}.", "'action_min' is missing")]
    public void Convert_DamagedPickle_SaysWhere(string pickle, string problem) => Assert.That(Refusal(pickle).Message, Does.Contain(problem));

    [Test]
    public void Convert_ArrayOfObjects_IsRefused()
    {
        const string Pickle = "\u0080\u0002cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\u0085C\u0001b\u0087R" // an empty array
            + "(K\u0001K\u0001\u0085cnumpy\ndtype\nX\u0002\0\0\0O8\u0089\u0088\u0087R\u0089C\u0008abcdefghtb."; // its state: one object
        Assert.That(Refusal(Pickle).Message, Does.Contain("BUILD").And.Contain("'O8'"));
    }

    private static TestCaseData Program(string instruction, int offset, string problem, string pickle) =>
        new TestCaseData(instruction, offset, problem, pickle).SetArgDisplayNames(instruction, problem);

    private static PickleException Refusal(string pickle)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("stats.pkl"), Encoding.Latin1.GetBytes(pickle));
        var fault = Assert.Throws<PickleException>(() => StatisticsConversion.Convert(folder.File("stats.pkl"), folder.File("stats.json")))!;
        Assert.That(File.Exists(folder.File("stats.json")), Is.False);
        return fault;
    }

    private static DatasetStatistics Read(string path, PolicyHeadConfig head)
    {
        var faults = new List<string>();
        var statistics = DatasetStatistics.Read(path, head.ActionSize, head.StateSize, faults);
        Assert.That(faults, Is.Empty);
        return statistics!;
    }

    private static float[] Singles(double[] values) => Array.ConvertAll(values, value => (float)value);
}
