package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// CommCare on the loopback interface: the vendor server of source-commcare's own tests, as a process of its own,
/// with data that the test puts in and therefore knows.
final class TestingCommcare implements BeforeEachCallback, AfterEachCallback {
    /// The key this vendor knows; a canary that may turn up nowhere.
    static final String API_KEY = "someone@example.org:canary-5f0c9e7a1b";

    private static final Path CONNECTOR = SluiceCli.HOME.resolve("connectors/source-commcare");
    private static final String MAIN = "dev.sluice.source.commcare.LoopbackCommcare";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;
    private String address;

    /// @param moment of indexing, as `2024-01-01T00:00:00.000001`
    record Form(String id, String moment, String answer) {}

    record Case(String id, String moment, String name) {}

    /// @param parameter empty when the request has none of this name
    record Request(String resource, JsonNode query, int rows) {
        String parameter(String name) {
            return query.path(name).asText("");
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (!Files.isDirectory(CONNECTOR.resolve("target/test-classes"))) {
            throw new AssertionError("source-commcare's tests are not compiled; run `mvn test-compile` from the top");
        }
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        "%1$s/test-classes:%1$s/connector/lib/*".formatted(CONNECTOR.resolve("target")),
                        MAIN)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // It says where it is once it listens, and ends with our end of its input.
        address = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
        admin("POST", "settings", JSON.createObjectNode().put("api_key", API_KEY));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        process.destroyForcibly();
    }

    String address() {
        return address;
    }

    /// The `source:` of a connection file.
    ///
    /// @param launch `docker` or `process`
    /// @param pageSize rows of a page, of forms and cases alike
    String source(String launch, int pageSize) {
        return """
                source:
                  type: "commcare"
                  launch: %s%s
                  config:
                    api_key: "${COMMCARE_API_KEY}"
                    project_space: "corpora"
                    app_id: "effb341b"
                    start_date: "2020-01-01T00:00:00Z"
                    base_url: "%s"
                    page_size: %d
                """.formatted(launch, launch.equals("docker") ? "\n  network: host" : "", address, pageSize);
    }

    /// The `source:` with Airbyte's own connector in a container. It has no setting for the address, see
    /// `commcare_elsewhere.py`, and pages of 1,000 forms.
    String airbyteSource() {
        return """
                source:
                  image: "%s"
                  network: host
                  config:
                    api_key: "${COMMCARE_API_KEY}"
                    project_space: "corpora"
                    app_id: "effb341b"
                    start_date: "2020-01-01T00:00:00Z"
                    base_url: "%s"
                """.formatted(PythonConnector.SOURCE_COMMCARE.image(), address);
    }

    /// As the API was when Airbyte's connector was written, and as it still reads it; with an application that has no
    /// module without forms, at which it stops.
    TestingCommcare answersAsItUsedTo() {
        ObjectNode application = sample("constructed_application_v1.jsonl");
        ((ArrayNode) application.get("modules")).removeIf(module -> !module.has("forms"));
        admin("POST", "applications", JSON.createObjectNode().set("application", application));
        admin(
                "POST",
                "settings",
                JSON.createObjectNode().put("times", "micros_naive").put("next", "query"));
        return this;
    }

    /// Adds forms like the vendor's sample, one each 1.000003 s, and as many cases, each touched by the form of its
    /// number; those of the same numbers are replaced.
    TestingCommcare generate(int forms, int cases, String from) {
        admin(
                "POST",
                "generate",
                JSON.createObjectNode().put("forms", forms).put("cases", cases).put("from", from));
        return this;
    }

    TestingCommcare tellKey(SluiceCli sluice) {
        sluice.variable("COMMCARE_API_KEY", API_KEY);
        return this;
    }

    /// Adds forms like the vendor's sample, or replaces those with the same ids.
    void putForms(List<Form> forms) {
        ArrayNode objects = JSON.createArrayNode();
        for (Form form : forms) {
            ObjectNode object = sample("vendor_form_v1_objects.jsonl");
            object.put("id", form.id()).put("indexed_on", form.moment());
            ((ObjectNode) object.get("form")).put("question1", form.answer());
            objects.add(object);
        }
        admin("POST", "forms", JSON.createObjectNode().set("objects", objects));
    }

    void putCases(List<Case> cases) {
        ArrayNode objects = JSON.createArrayNode();
        for (Case each : cases) {
            ObjectNode object = sample("vendor_case_v1_objects.jsonl");
            object.put("domain", "corpora").put("id", each.id()).put("case_id", each.id());
            object.put("indexed_on", each.moment());
            ((ObjectNode) object.get("properties")).put("case_name", each.name());
            objects.add(object);
        }
        admin("POST", "cases", JSON.createObjectNode().set("objects", objects));
    }

    private static ObjectNode sample(String name) {
        try {
            return (ObjectNode) JSON.readTree(CONNECTOR
                    .resolve("src/test/resources/samples")
                    .resolve(name)
                    .toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Answers so many requests for forms, and then none until [#release].
    void holdFormsAfter(int requests) {
        admin(
                "POST",
                "faults",
                JSON.createObjectNode()
                        .put("kind", "slow")
                        .put("resource", "form")
                        .put("skip", requests)
                        .put("times", -1)
                        .put("argument", "600000"));
    }

    /// Answers who was held, and everybody from now on.
    void release() {
        admin("DELETE", "faults", JSON.createObjectNode());
    }

    /// What was asked since [#forgetRequests]. One that is held counts.
    List<Request> requests(String resource) {
        List<Request> requests = new ArrayList<>();
        for (JsonNode request : admin("GET", "requests", JSON.createObjectNode())) {
            if (request.path("resource").asText().equals(resource)) {
                requests.add(new Request(
                        resource, request.path("query"), request.path("rows").asInt()));
            }
        }
        return requests;
    }

    /// How many rows the answers since [#forgetRequests] had.
    int rows(String resource) {
        return requests(resource).stream().mapToInt(Request::rows).sum();
    }

    void forgetRequests() {
        admin("DELETE", "requests", JSON.createObjectNode());
    }

    private JsonNode admin(String method, String what, JsonNode body) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(address + "/_admin/" + what))
                            .method(method, HttpRequest.BodyPublishers.ofString(body.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError(
                        "the vendor answered %s %s with %d".formatted(method, what, answer.statusCode()));
            }
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
