using System.Text.Json;
using ScottPlot;

namespace DiVLA.Control.Training.Evaluation;

/// <summary>Draws a run's metrics: losses above, phrases that are right and episodes that succeed below.</summary>
internal static class TrainingPlot
{
    private const int Width = 1000;
    private const int Height = 900;

    /// <summary>Reads metrics.jsonl and writes a PNG.</summary>
    public static void Write(string metricsPath, string picturePath)
    {
        var lines = File.ReadLines(metricsPath).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var losses = lines.Where(line => line.TryGetProperty("loss", out _)).ToList();
        var evaluations = lines.Where(line => line.TryGetProperty("evaluation", out _)).ToList();
        if (losses.Count == 0) return;
        var figure = new Multiplot();
        figure.AddPlots(2);
        DrawLosses(figure.GetPlot(0), losses);
        DrawSuccess(figure.GetPlot(1), losses, evaluations);
        figure.SavePng(picturePath, Width, Height);
    }

    private static void DrawLosses(Plot plot, List<JsonElement> losses)
    {
        foreach (var (name, label) in new[] { ("loss", "L"), ("loss_diffusion", "L_diffusion"), ("loss_ntp", "L_ntp"), ("loss_auxiliary", "auxiliary") })
            Line(plot, losses.Select(line => (Step(line), Math.Log10(Math.Max(line.GetProperty(name).GetDouble(), 1e-6)))), label);
        plot.Title("losses, moving averages");
        plot.YLabel("log10");
        plot.ShowLegend();
    }

    private static void DrawSuccess(Plot plot, List<JsonElement> losses, List<JsonElement> evaluations)
    {
        var phrases = losses.SelectMany(line => line.GetProperty("phrase_exact_match").EnumerateObject().Select(f => (f.Name, Step: Step(line), Share: f.Value.GetDouble())));
        foreach (var family in phrases.GroupBy(phrase => phrase.Name))
            Line(plot, family.Select(phrase => (phrase.Step, phrase.Share)), $"{family.Key}: phrase right");
        var successes = evaluations.SelectMany(line => line.GetProperty("evaluation").EnumerateArray().Select(result => (Step: Step(line), Result: result)));
        foreach (var family in successes.GroupBy(s => s.Result.GetProperty("family").GetString()!))
            Markers(plot, family.Select(s => (s.Step, s.Result.GetProperty("successes").GetDouble() / s.Result.GetProperty("episodes").GetDouble())), $"{family.Key}: success");
        plot.Title("phrases right word for word (training samples), episodes that succeed (closed loop)");
        plot.XLabel("step");
        plot.Axes.SetLimitsY(0, 1.02);
        plot.ShowLegend(Alignment.LowerRight);
    }

    private static void Line(Plot plot, IEnumerable<(double X, double Y)> points, string label)
    {
        var scatter = Markers(plot, points, label);
        (scatter.MarkerSize, scatter.LineWidth) = (0, 1.5f);
    }

    private static ScottPlot.Plottables.Scatter Markers(Plot plot, IEnumerable<(double X, double Y)> points, string label)
    {
        var all = points.ToArray();
        var scatter = plot.Add.Scatter(all.Select(p => p.X).ToArray(), all.Select(p => p.Y).ToArray());
        (scatter.LegendText, scatter.LineWidth, scatter.MarkerSize) = (label, 0, 8);
        return scatter;
    }

    private static double Step(JsonElement line) => line.GetProperty("step").GetDouble();
}
