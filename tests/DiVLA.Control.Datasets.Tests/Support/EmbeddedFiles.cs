using Apache.Arrow;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Tables;

namespace DiVLA.Control.Datasets.Tests.Support;

/// <summary>The picture files inside an image column, as they are.</summary>
internal static class EmbeddedFiles
{
    public static List<byte[]> Of(LeRobotDataset dataset, string camera)
    {
        using var table = TableReader.TryOpen(dataset.Directory, DamagedDataset.Data, new FaultList(dataset.Directory))!;
        var files = new List<byte[]>();
        foreach (var chunk in table.Stream(camera))
            for (var row = 0; row < chunk.Length; row++) files.Add(((BinaryArray)((StructArray)chunk).Fields[0]).GetBytes(row).ToArray());
        return files;
    }
}
