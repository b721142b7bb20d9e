/// What a connector's author tests with. A connector keeps the contract when a class of its tests implements
/// [SourceContract] or [DestinationContract] and passes; the author says which connector, which configurations,
/// and (for a destination) how the rows are read back. [ConnectorHarness] is for the tests that are the
/// connector's own.
///
/// Nothing here is simulated: the connector runs through its own command line, against the real system that
/// its configuration names.
package dev.sluice.cdk.testing;
