using System.Net;
using System.Text.RegularExpressions;
using DiVLA.Control.Cli;
using DiVLA.Control.TestSupport;
using k8s;
using k8s.Models;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DiVLA.Control.EndToEnd.Tests.Deployment;

/// <summary>The manifests against each other, against the program, and, as far as one machine can, in use.</summary>
[TestFixture]
internal sealed partial class KubernetesTests
{
    private const string Folder = "deploy/kubernetes";
    private readonly YamlNode _deployment = Yaml.Documents($"{Folder}/deployment.yaml").Single();

    private YamlNode Pod => _deployment.At("spec.template.spec");

    private YamlNode Container => Pod.At("containers.0");

    private IReadOnlyList<string> Args => Container.At("args").Texts();

    [Test]
    public void Kustomization_Names_EveryManifest()
    {
        var named = Yaml.Documents($"{Folder}/kustomization.yaml").Single().At("resources").Texts();
        var found = Directory.EnumerateFiles(Path.Combine(Checkout.Root, Folder), "*.yaml").Select(Path.GetFileName).Except(["kustomization.yaml"]);
        Assert.That(named, Is.EquivalentTo(found));
    }

    [Test]
    public void Manifests_HaveKindsOfTheirOwn_AndNamesThatFit()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Checkout.Root, Folder), "*.yaml").Select(path => $"{Folder}/{Path.GetFileName(path)}"))
            foreach (var document in Yaml.Documents(file))
            {
                Assert.That(document.At("apiVersion").Text(), Does.Match("^([a-z0-9.]+/)?v[0-9]+([a-z]+[0-9]+)?$"), file);
                Assert.That(document.At("kind").Text(), Is.Not.Empty, file);
                if (document.Find("metadata.name") is { } name) Assert.That(name.Text(), Does.Match("^[a-z0-9-]+$"), file);
            }
    }

    // Against the types that are generated from the cluster's own OpenAPI document: a word that it does not know, or a value of another kind, is refused.
    [TestCase("namespace.yaml", typeof(V1Namespace))]
    [TestCase("state.yaml", typeof(V1PersistentVolumeClaim))]
    [TestCase("deployment.yaml", typeof(V1Deployment))]
    [TestCase("service.yaml", typeof(V1Service))]
    [TestCase("network-policy.yaml", typeof(V1NetworkPolicy))]
    public void Manifest_IsWhat_TheClusterExpects(string file, Type type)
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, Folder, file));
        var read = KubernetesYaml.LoadAllFromString(text, strict: true).Single();
        Assert.That(read, Is.InstanceOf(type));
    }

    [TestCase("replicas: 1", "replica: 1")]
    [TestCase("runAsNonRoot: true", "runAsNonRoot: sometimes")]
    [TestCase("readOnlyRootFilesystem", "readOnlyRootFileSystem")]
    public void Manifest_HasAMistake_IsRefused(string right, string wrong)
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, Folder, "deployment.yaml"));
        Assert.That(text, Does.Contain(right));
        Assert.That(() => KubernetesYaml.LoadAllFromString(text.Replace(right, wrong, StringComparison.Ordinal), strict: true), Throws.InstanceOf<YamlException>());
    }

    [Test]
    public void Kustomization_HasOnly_WordsThatAreKnown()
    {
        string[] known = ["apiVersion", "kind", "namespace", "resources", "images"];
        Assert.That(Yaml.Documents($"{Folder}/kustomization.yaml").Single().Entries().Keys, Is.SubsetOf(known));
    }

    [Test]
    public void Selectors_Select_ThePod()
    {
        var labels = Entries(_deployment.At("spec.template.metadata.labels"));
        var service = Yaml.Documents($"{Folder}/service.yaml").Single();
        var policy = Yaml.Documents($"{Folder}/network-policy.yaml").Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Entries(_deployment.At("spec.selector.matchLabels")), Is.SubsetOf(labels));
            Assert.That(Entries(service.At("spec.selector")), Is.SubsetOf(labels));
            Assert.That(Entries(policy.At("spec.podSelector.matchLabels")), Is.SubsetOf(labels));
        }
    }

    [Test]
    public void Ports_Are_ThoseThatTheServiceListensOn()
    {
        var ports = ((YamlSequenceNode)Container.At("ports")).ToDictionary(port => port.At("name").Text(), port => port.At("containerPort").Text());
        var service = (YamlSequenceNode)Yaml.Documents($"{Folder}/service.yaml").Single().At("spec.ports");
        var policy = (YamlSequenceNode)Yaml.Documents($"{Folder}/network-policy.yaml").Single().At("spec.ingress.0.ports");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(IPEndPoint.Parse(Arguments.ValueOf(Args, "--listen")!), Is.EqualTo(IPEndPoint.Parse($"0.0.0.0:{ports["grpc"]}")));
            Assert.That(IPEndPoint.Parse(Arguments.ValueOf(Args, "--listen-http")!), Is.EqualTo(IPEndPoint.Parse($"0.0.0.0:{ports["http"]}")));
            Assert.That(service.Select(port => port.At("targetPort").Text()), Is.EquivalentTo(ports.Keys));
            Assert.That(service.Select(port => port.At("port").Text()), Is.EquivalentTo(ports.Values));
            Assert.That(policy.Select(port => port.At("port").Text()), Is.EquivalentTo(ports.Keys));
        }
    }

    [Test]
    public void Files_AreNamed_WhereTheSecretIsMounted()
    {
        var mount = Container.At("volumeMounts.0");
        var volume = ((YamlSequenceNode)Pod.At("volumes")).Single(volume => volume.At("name").Text() == mount.At("name").Text());
        var files = new[] { "--tls-cert", "--tls-key", "--client-ca", "--token-keys" }.Select(option => Arguments.ValueOf(Args, option)!);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(volume.At("secret.secretName").Text(), Is.EqualTo("divla-control-tls"));
            Assert.That(files.Select(Path.GetDirectoryName), Is.All.EqualTo(mount.At("mountPath").Text()));
            Assert.That(SecretFile().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "docs/deployment.md"))).Select(match => match.Groups[1].Value),
                Is.EquivalentTo(files.Select(Path.GetFileName)), "the manual fills the secret with these files");
        }
    }

    [Test]
    public void Pod_HasNoRightsThatItDoesNotNeed()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Yaml.Documents($"{Folder}/namespace.yaml").Single().At("metadata.labels").Entries()["pod-security.kubernetes.io/enforce"].Text(), Is.EqualTo("restricted"));
            Assert.That(Pod.At("securityContext.runAsNonRoot").Text(), Is.EqualTo("true"));
            Assert.That(Pod.At("securityContext.seccompProfile.type").Text(), Is.EqualTo("RuntimeDefault"));
            Assert.That(Pod.At("automountServiceAccountToken").Text(), Is.EqualTo("false"));
            Assert.That(Container.At("securityContext.allowPrivilegeEscalation").Text(), Is.EqualTo("false"));
            Assert.That(Container.At("securityContext.readOnlyRootFilesystem").Text(), Is.EqualTo("true"));
            Assert.That(Container.At("securityContext.capabilities.drop").Texts(), Is.EqualTo(["ALL"]));
        }
    }

    [Test]
    public void Pod_IsAlone_AndHasWholeProcessors()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_deployment.At("spec.replicas").Text(), Is.EqualTo("1"));
            Assert.That(_deployment.At("spec.strategy.type").Text(), Is.EqualTo("Recreate"));
            Assert.That(Entries(Container.At("resources.requests")), Is.EqualTo(Entries(Container.At("resources.limits"))));
            Assert.That(Container.At("resources.limits.cpu").Text(), Does.Match("^[0-9]+$"));
        }
    }

    // The manifest's own command line with this machine's files; then what the manifest's probes ask.
    [Test]
    public async Task Service_StartedAsTheManifestSays_AnswersItsProbes()
    {
        using var keys = new SecretFolder();
        await Arguments.AssertAreKnownAsync(Args);
        await using var service = await RunningService.StartAsync([.. Args.Skip(1).Select(argument => Here(argument, keys.Path))]);
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null } });
        foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
        {
            Assert.That(Container.At($"{probe}.httpGet.port").Text(), Is.EqualTo("http"));
            Assert.That(Container.At($"{probe}.httpGet.scheme").Text(), Is.EqualTo(service.Http.Scheme.ToUpperInvariant()));
            using var answer = await http.GetAsync(new Uri(service.Http, Container.At($"{probe}.httpGet.path").Text()));
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), probe);
        }
    }

    private static string Here(string argument, string keys)
    {
        var parts = argument.Split('=', 2);
        return parts[0] switch
        {
            "--bundle" => $"{parts[0]}={RandomBundle.Directory}",
            "--listen" or "--listen-http" => $"{parts[0]}=127.0.0.1:0",
            "--tls-cert" or "--tls-key" or "--client-ca" or "--token-keys" => $"{parts[0]}={Path.Combine(keys, Path.GetFileName(parts[1]))}",
            _ => argument,
        };
    }

    private static string[] Entries(YamlNode node) => [.. node.Entries().Select(entry => $"{entry.Key}: {entry.Value.Text()}")];

    [GeneratedRegex("--from-file=([^=]+)=")]
    private static partial Regex SecretFile();

    /// <summary>What the secret would be mounted as.</summary>
    private sealed class SecretFolder : IDisposable
    {
        private readonly DirectoryInfo _pki = Directory.CreateTempSubdirectory("divla-secret-");

        public SecretFolder()
        {
            var pki = System.IO.Path.Combine(Path, "pki");
            Assert.That(Divla.RunAsync("certs", "init", pki).GetAwaiter().GetResult().ExitCode, Is.EqualTo(ExitCode.Success));
            foreach (var (from, to) in new[] { ("server.crt", "tls.crt"), ("server.key", "tls.key"), ("ca.crt", "ca.crt"), ("token-keys.json", "token-keys.json") })
                File.Copy(System.IO.Path.Combine(pki, from), System.IO.Path.Combine(Path, to));
        }

        public string Path => _pki.FullName;

        public void Dispose() => _pki.Delete(recursive: true);
    }
}
