package dev.sluice.cdk.testing;

import dev.sluice.cdk.Source;
import dev.sluice.cdk.testing.CountingSource.Mistake;
import dev.sluice.cdk.testing.Faults.Fault;

/// The contract of a source that does not keep it; by its name no test of its own.
final class BrokenSourceContract extends SourceContractTest {
    private final CountingSource source;
    private final Fault fault;

    BrokenSourceContract(Mistake mistake, Fault fault) {
        this.source = new CountingSource(mistake);
        this.fault = fault;
    }

    @Override
    public Source<?> source() {
        return source;
    }

    @Override
    public ConnectorHarness harness() {
        return super.harness().spoiledBy(fault);
    }
}
