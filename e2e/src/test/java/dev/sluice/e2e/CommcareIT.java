package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.TestingCommcare.Case;
import dev.sluice.e2e.TestingCommcare.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// CommCare's forms and cases into a warehouse, night after night.
final class CommcareIT {
    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @RegisterExtension
    private final TestingCommcare commcare = new TestingCommcare();

    @Test
    void keepsPostgresEqualToCommcareWithContainers() {
        TestingPostgres postgres = TestingPostgres.make().tellPassword(sluice);
        keepsEqual(postgres, "docker");
    }

    @Test
    void keepsDuckdbEqualToCommcareWithProcesses() {
        keepsEqual(DuckdbFile.in(sluice.work()), "process");
    }

    private void keepsEqual(Warehouse warehouse, String launch) {
        List<Form> forms = new ArrayList<>(forms(0, 45, "2024-03-01"));
        // Answers as people give them.
        forms.set(3, new Form("form-0003", forms.get(3).moment(), "Zoë said: \"no\"\\\n\tпривет 🐝 <a href='x'>"));
        forms.set(4, new Form("form-0004", forms.get(4).moment(), ""));
        List<Case> cases = new ArrayList<>(cases(0, 12, "2024-03-01"));
        commcare.tellKey(sluice).putForms(forms);
        commcare.putCases(cases);
        sluice.write("commcare.yaml", commcare.source(launch, 10) + warehouse.destination(launch));

        Finished first = sluice.run("sync", "commcare.yaml").succeeds();

        assertThat(first.out()).contains("5 streams, 57 records in");
        assertEqual(warehouse, forms, cases);

        // A day later: two forms and a case were corrected, three forms and a case are new.
        forms.set(0, new Form("form-0000", "2024-03-02T00:00:00.000001", "corrected"));
        forms.set(44, new Form("form-0044", "2024-03-02T00:00:00.500000", "corrected too"));
        forms.addAll(forms(45, 48, "2024-03-02"));
        cases.set(5, new Case("case-0005", "2024-03-02T10:00:00", "renamed"));
        cases.addAll(cases(12, 13, "2024-03-02"));
        commcare.putForms(forms);
        commcare.putCases(cases);
        commcare.forgetRequests();

        Finished second = sluice.run("sync", "commcare.yaml").succeeds();

        assertThat(second.out()).contains("5 streams, 7 records in");
        assertEqual(warehouse, forms, cases);
        // What is new, and what the first sync ended with: CommCare's filter includes its bound.
        assertThat(commcare.rows("form")).as("forms asked for").isBetween(5, 6);
        assertThat(commcare.rows("case")).as("cases asked for").isBetween(2, 3);

        Finished third = sluice.run("sync", "commcare.yaml").succeeds();

        assertThat(third.out()).contains("5 streams, 0 records in");
        assertEqual(warehouse, forms, cases);
    }

    /// Forms of one day, one a second.
    static List<Form> forms(int from, int to, String day) {
        return IntStream.range(from, to)
                .mapToObj(i -> new Form(
                        "form-%04d".formatted(i),
                        "%sT08:%02d:%02d.%06d".formatted(day, i / 60, i % 60, i),
                        "answer " + i))
                .toList();
    }

    private static List<Case> cases(int from, int to, String day) {
        return IntStream.range(from, to)
                .mapToObj(i -> new Case(
                        "case-%04d".formatted(i),
                        "%sT09:%02d:%02d.%06d".formatted(day, i / 60, i % 60, i),
                        "name " + i))
                .toList();
    }

    private static void assertEqual(Warehouse warehouse, List<Form> forms, List<Case> cases) {
        assertForms(warehouse, forms);
        expect(warehouse, cases.stream().map(each -> List.of(each.id(), each.moment(), each.name())));
        assertThat(warehouse.difference(
                        "SELECT id, moment, text FROM expected",
                        "SELECT id, indexed_on, properties_case_name FROM zzz_case"))
                .as("cases")
                .isEqualTo("nothing missing, nothing more");
    }

    /// Compares every form's key, cursor and answer, the answer also where it lies in the whole submission.
    static void assertForms(Warehouse warehouse, List<Form> forms) {
        expect(warehouse, forms.stream().map(form -> List.of(form.id(), form.moment(), form.answer())));
        assertThat(warehouse.difference(
                        "SELECT id, moment, text, text, 'corpora' FROM expected",
                        "SELECT id, indexed_on, question1, data -> 'form' ->> 'question1', data ->> 'domain'" + " FROM "
                                + warehouse.table("Case Update")))
                .as("forms")
                .isEqualTo("nothing missing, nothing more");
    }

    private static void expect(Warehouse warehouse, Stream<List<String>> rows) {
        warehouse.execute("DROP TABLE IF EXISTS expected");
        warehouse.execute("CREATE TABLE expected (id TEXT, moment TIMESTAMPTZ, text TEXT)");
        String values = String.join(
                ", ",
                rows.map(row -> "('%s', '%sZ', '%s')"
                                .formatted(row.get(0), row.get(1), row.get(2).replace("'", "''")))
                        .toList());
        warehouse.execute("INSERT INTO expected VALUES " + values);
    }
}
