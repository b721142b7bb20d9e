package dev.sluice.e2e;

import dev.sluice.e2e.TestingCommcare.Form;
import java.util.List;

/// A sync of CommCare that stands still in its middle: the vendor has answered three pages of forms and answers no
/// more, the destination has committed them and the runner has stored the state.
final class HeldSync {
    static final List<Form> FORMS = CommcareIT.forms(0, 60, "2024-03-01");
    static final String FILE = "commcare.yaml";

    /// Of the last row of the third page; each page begins with the last row of the one before.
    private static final String CURSOR = "2024-03-01T08:00:27.000027";

    private HeldSync() {}

    static RunningSluice start(SluiceCli sluice, TestingCommcare commcare, Warehouse warehouse, String launch) {
        return start(sluice, commcare, warehouse, launch, "");
    }

    /// @param settings more of the connection file
    static RunningSluice start(
            SluiceCli sluice, TestingCommcare commcare, Warehouse warehouse, String launch, String settings) {
        commcare.tellKey(sluice).putForms(FORMS);
        commcare.holdFormsAfter(3);
        sluice.write(FILE, commcare.source(launch, 10) + warehouse.destination(launch) + settings);
        return sluice.start("sync", "--once", FILE)
                .until("the state of the third page", () -> sluice.hasStored(CURSOR));
    }

    /// Whether a later sync began where this one was stopped, and not before.
    static boolean wentOn(TestingCommcare commcare) {
        return commcare.requests("form")
                        .getFirst()
                        .parameter("indexed_on_start")
                        .compareTo(CURSOR.substring(0, 19))
                >= 0;
    }
}
