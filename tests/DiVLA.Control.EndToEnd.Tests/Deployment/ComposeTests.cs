using DiVLA.Control.TestSupport;
using YamlDotNet.RepresentationModel;

namespace DiVLA.Control.EndToEnd.Tests.Deployment;

/// <summary>docker-compose.yml against the program and against the files that it mounts.</summary>
[TestFixture]
internal sealed class ComposeTests
{
    // What compose knows of a service; a word that it does not know would be refused.
    private static readonly string[] Known =
    [
        "<<", "network_mode", "read_only", "tmpfs", "cap_drop", "security_opt", "ulimits", "restart", "image", "build", "command", "volumes", "profiles", "deploy",
        "tty", "healthcheck", "depends_on", "environment",
    ];

    private readonly YamlNode _compose = Yaml.Documents("docker-compose.yml").Single();

    private IReadOnlyDictionary<string, YamlNode> Services => _compose.At("services").Entries();

    [Test]
    public void Services_Are_ServiceSimulatorAndThoseWhoWatch()
    {
        Assert.That(Services.Keys, Is.SupersetOf(["cpu", "cuda", "simulator", "prometheus", "grafana", "demo"]));
        foreach (var (name, service) in Services) Assert.That(service.Entries().Keys, Is.SubsetOf(Known), name);
    }

    [Test]
    public async Task Commands_OfOurImages_AreUnderstood()
    {
        foreach (var (name, service) in Services.Where(service => service.Value.At("image").Text().StartsWith("divla-control:", StringComparison.Ordinal)))
        {
            var arguments = service.At("command").Texts();
            await Arguments.AssertAreKnownAsync(arguments);
            if (Arguments.ValueOf(arguments, "--bundle") is { } bundle)
                Assert.That(Path.Combine(Checkout.Root, Path.GetRelativePath("/app", bundle), "policy.json"), Does.Exist, name);
        }
    }

    [Test]
    public void Services_HaveNoRightsThatTheyDoNotNeed()
    {
        foreach (var (name, service) in Services)
            using (Assert.EnterMultipleScope())
            {
                Assert.That(service.At("read_only").Text(), Is.EqualTo("true"), name);
                Assert.That(service.At("cap_drop").Texts(), Is.EqualTo(["ALL"]), name);
                Assert.That(service.At("security_opt").Texts(), Has.Member("no-new-privileges:true"), name);
                Assert.That(service.Find("privileged"), Is.Null, name);
            }
    }

    // The loop asks for both; the unit of systemd grants the same.
    [TestCase("cpu")]
    [TestCase("cuda")]
    public void Service_MayRun_InRealTime(string name)
    {
        Assert.That((Services[name].At("ulimits.rtprio").Text(), Services[name].At("ulimits.memlock").Text()), Is.EqualTo(("80", "-1")));
    }

    [Test]
    public void Simulator_StartsAfter_TheServiceIsWarm()
    {
        Assert.That(Services["simulator"].At("depends_on.cpu.condition").Text(), Is.EqualTo("service_healthy"));
    }

    // All of them share the host's network: what they listen on must be loopback.
    [Test]
    public void Watchers_ListenOn_Loopback()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Arguments.ValueOf(Services["prometheus"].At("command").Texts(), "--web.listen-address"), Is.EqualTo("127.0.0.1:9090"));
            Assert.That(Services["grafana"].At("environment.GF_SERVER_HTTP_ADDR").Text(), Is.EqualTo("127.0.0.1"));
            Assert.That(Yaml.Documents("deploy/grafana/provisioning/datasources/prometheus.yml").Single().At("datasources.0.url").Text(), Is.EqualTo("http://127.0.0.1:9090"));
            Assert.That(Yaml.Documents("deploy/prometheus/prometheus.yml").Single().At("scrape_configs.0.static_configs.0.targets").Texts(), Is.EqualTo(["127.0.0.1:5083"]));
        }
    }

    [Test]
    public void Mounts_Lead_ToWhereTheFilesAre()
    {
        var mounts = Services.Values.Where(service => service.Find("volumes") is not null).SelectMany(service => service.At("volumes").Texts()).ToArray();
        var volumes = _compose.At("volumes").Entries().Keys;
        foreach (var source in mounts.Select(mount => mount.Split(':')[0]))
            if (source.StartsWith("./", StringComparison.Ordinal)) Assert.That(Path.Combine(Checkout.Root, source), Does.Exist);
            else Assert.That(volumes, Has.Member(source));
        Assert.That(Yaml.Documents("deploy/grafana/provisioning/dashboards/divla-control.yml").Single().At("providers.0.options.path").Text(),
            Is.EqualTo(mounts.Single(mount => mount.StartsWith("./deploy/grafana/dashboards:", StringComparison.Ordinal)).Split(':')[1]));
    }
}
