namespace DiVLA.Control.Datasets.Tests.Support;

/// <summary>Two small datasets that the lerobot library itself wrote.</summary>
internal static class LibraryDatasets
{
    /// <summary>Pictures in image columns: 2 episodes of 40 and 25 rows, 20 fps.</summary>
    public static string Images => PathOf("panda-images");

    /// <summary>Pictures as AV1 video: 3 episodes of 45, 30 and 20 rows, 30 fps.</summary>
    public static string Video => PathOf("panda-video");

    public static string PathOf(string name) => Path.Combine(TestContext.CurrentContext.TestDirectory, "Data", name);
}
