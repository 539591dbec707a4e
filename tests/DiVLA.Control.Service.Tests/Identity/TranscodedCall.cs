using System.Text.RegularExpressions;
using DiVLA.Control.Service.Identity;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace DiVLA.Control.Service.Tests.Identity;

/// <summary>One HTTP binding of one RPC, and a request that names the robot at work wherever one can be named.</summary>
/// <param name="Rule">Who may make the call.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Its parameters filled in.</param>
/// <param name="Body">JSON; empty for none.</param>
internal sealed partial record TranscodedCall(AccessRule Rule, HttpMethod Method, string Path, string Body)
{
    /// <summary>All that the protos have.</summary>
    public static IReadOnlyList<TranscodedCall> All { get; } = [.. AnyCall.Methods.SelectMany(Of)];

    /// <summary>True where neither path nor body say which session is meant, so that there must be one.</summary>
    public bool NeedsEveryRobot => Rule.Robots == RobotTarget.Arms && !Path.Contains(SecuredServer.Robot, StringComparison.Ordinal) && Body.Length == 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path}";

    private static IEnumerable<TranscodedCall> Of(MethodDescriptor method)
    {
        if (method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is not { } rule) yield break;
        foreach (var binding in rule.AdditionalBindings.Prepend(rule)) yield return Of(method, binding);
    }

    private static TranscodedCall Of(MethodDescriptor method, HttpRule binding)
    {
        var isGet = binding.PatternCase == HttpRule.PatternOneofCase.Get;
        var template = isGet ? binding.Get : binding.Post;
        var path = Parameter().Replace(template, parameter => parameter.Groups[1].Value.Contains("session", StringComparison.Ordinal) ? SecuredServer.Robot : "1");
        return new TranscodedCall(AccessTable.FindMethod(AnyCall.NameOf(method))!, isGet ? HttpMethod.Get : HttpMethod.Post, path, isGet ? "" : BodyOf(method, template));
    }

    private static string BodyOf(MethodDescriptor method, string template)
    {
        var request = method.InputType.Parser.ParseFrom([]);
        if (!template.Contains('{') && method.InputType.FindFieldByName(RobotTargets.ArmsField) is { } arms) arms.Accessor.SetValue(request, new Wire.Arms { RobotId = SecuredServer.Robot });
        return JsonFormatter.Default.Format(request);
    }

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex Parameter();
}
