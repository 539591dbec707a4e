// Every test gets its own instance, so that what one does to a field is unknown to the next.
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
