package dev.sluice.source.commcare;

import dev.sluice.cdk.Source;
import dev.sluice.cdk.testing.SourceContract;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class SourceCommcareContractTest implements SourceContract {
    private static LoopbackCommcare commcare;

    @BeforeAll
    static void start() {
        commcare = LoopbackCommcare.start(0);
        commcare.generateForms(30, "2024-01-01T00:00:00", 700);
        commcare.generateForms(
                "http://openrosa.org/formdesigner/TWIN-ONE1", "twin", 3, "2024-01-01T00:00:00", 1_000_000);
        commcare.generateCases(20, "2024-01-01T00:00:00", 400);
    }

    @AfterAll
    static void stop() {
        commcare.close();
    }

    @Override
    public Source<?> source() {
        return TestingCommcare.impatient();
    }

    @Override
    public String workingConfig() {
        return TestingCommcare.config(commcare).put("page_size", 7).toString();
    }

    @Override
    public Map<String, String> brokenConfigs() {
        Map<String, String> broken = new LinkedHashMap<>();
        broken.put(
                TestingCommcare.config(commcare)
                        .put("api_key", "user@example.org:another")
                        .toString(),
                "CommCare HQ does not know this user or API key (401): check `api_key`");
        broken.put(
                TestingCommcare.config(commcare)
                        .put("api_key", "0123456789abcdef")
                        .toString(),
                "`api_key` has no user in it");
        broken.put(
                TestingCommcare.config(commcare)
                        .put("project_space", "elsewhere")
                        .toString(),
                "'elsewhere'");
        broken.put(TestingCommcare.config(commcare).put("app_id", "nothing").toString(), "'nothing'");
        broken.put(
                TestingCommcare.config(commcare)
                        .put("base_url", "http://127.0.0.1:1")
                        .toString(),
                "did not answer application/effb341b/ after 2 tries: the connection broke");
        return broken;
    }

    @Override
    public List<String> streams() {
        return List.of("Case Update", "Visit", "Visit_-ONE1", "पंजीकरण", "zzz_case");
    }

    @Override
    public List<String> emptyStreams() {
        return List.of("Visit", "पंजीकरण");
    }
}
