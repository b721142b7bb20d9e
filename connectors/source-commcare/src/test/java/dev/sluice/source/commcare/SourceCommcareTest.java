package dev.sluice.source.commcare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.config.ConfigSchema;
import dev.sluice.cdk.testing.ConnectorHarness;
import dev.sluice.cdk.testing.Transcript;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.AirbyteErrorTraceMessage;
import dev.sluice.protocol.AirbyteLogMessage;
import dev.sluice.protocol.AirbyteRecordMessage;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.AirbyteStreamState;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import dev.sluice.source.commcare.LoopbackCommcare.Fault;
import dev.sluice.source.commcare.LoopbackCommcare.Fault.Kind;
import dev.sluice.source.commcare.LoopbackCommcare.NextStyle;
import dev.sluice.source.commcare.LoopbackCommcare.Refusal;
import dev.sluice.source.commcare.LoopbackCommcare.Request;
import dev.sluice.source.commcare.LoopbackCommcare.TimeStyle;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is known to go wrong with CommCare, one test each, against a server that does it.
final class SourceCommcareTest {
    private static final String FORMS = "Case Update";
    private static final String CASES = "zzz_case";
    private static final String TWIN_ONE = "http://openrosa.org/formdesigner/TWIN-ONE1";
    private static final String TWIN_TWO = "http://openrosa.org/formdesigner/TWIN-TWO2";
    private static final String FROM = "2024-01-01T00:00:00";
    private static final long SECOND = 1_000_000;

    private final LoopbackCommcare commcare = LoopbackCommcare.start(0);
    private final ObjectNode config = TestingCommcare.config(commcare);
    private ConnectorHarness connector = ConnectorHarness.of(TestingCommcare.impatient());

    @AfterEach
    void stop() {
        commcare.close();
    }

    // --- discover and check ---

    @Test
    void projectSpaceIsRequiredAndTheApplicationIdNoSecret() {
        JsonNode schema = json(connector.spec()).at("/spec/connectionSpecification");

        assertThat(schema.get("required"))
                .extracting(JsonNode::asText)
                .containsExactly("api_key", "project_space", "app_id");
        assertThat(schema.at("/properties/api_key/airbyte_secret").asBoolean()).isTrue();
        assertThat(schema.at("/properties/app_id").has("airbyte_secret")).isFalse();
    }

    @Test
    void theConfigurationOfAirbytesConnectorIsEnough() {
        ObjectNode published = config.deepCopy();
        published.remove("base_url");

        assertThat(ConfigSchema.read(published, ConfigSchema.of(CommcareConfig.class), CommcareConfig.class))
                .isEqualTo(new CommcareConfig(
                        LoopbackCommcare.API_KEY,
                        "corpora",
                        "effb341b",
                        "2012-01-01T00:00:00Z",
                        List.of(),
                        CommcareConfig.RecordFormat.FLATTENED,
                        CommcareConfig.CaseFilter.ALL,
                        "https://www.commcarehq.org",
                        Optional.empty(),
                        1));
    }

    @Test
    void discoversOneStreamPerFormSortedByNameAndTheCasesLast() {
        List<AirbyteStream> streams = discover();

        assertThat(streams)
                .extracting(AirbyteStream::name)
                .containsExactly("Case Update", "Visit", "Visit_-ONE1", "पंजीकरण", "zzz_case");
        assertThat(streams).allSatisfy(stream -> {
            assertThat(stream.sourceDefinedPrimaryKey()).isEqualTo(List.of(List.of("id")));
            assertThat(stream.defaultCursorField()).isEqualTo(List.of("indexed_on"));
            assertThat(stream.sourceDefinedCursor()).contains(true);
            assertThat(stream.supportedSyncModes()).containsExactly(SyncMode.FULL_REFRESH, SyncMode.INCREMENTAL);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UNKNOWN_KEY | CommCare HQ does not know this user or API key (401): check `api_key`",
                "NOT_A_MEMBER | the user of this API key is not a member of project space 'corpora' (401): check `project_space`, or invite the user",
                "NO_SUBSCRIPTION | the plan of project space 'corpora' has no API access (401): CommCare says 'Your current subscription does not have access to this feature'",
                "NO_PERMISSION | CommCare HQ does not let this API key read the data of 'corpora' (403): give the user a role with \"Edit Data\" and API access, and see that the key is not limited to other projects or addresses",
            })
    void checkSaysWhyTheKeyIsRefused(Refusal refusal, String sentence) {
        commcare.refuse(refusal);

        AirbyteConnectionStatus status = connector.check(config).succeeded().answer(AirbyteConnectionStatus.class);

        assertThat(status.status()).isEqualTo(AirbyteConnectionStatus.Status.FAILED);
        assertThat(status.message()).contains(sentence);
        assertThat(commcare.requests()).hasSize(1); // Nobody is asked twice for what will not change.
    }

    @Test
    void checkTriesFormsAndCasesToo() {
        commcare.fail(new Fault(Kind.STATUS, "case", 0, -1, "403"));

        AirbyteConnectionStatus status = connector.check(config).succeeded().answer(AirbyteConnectionStatus.class);

        assertThat(status.status()).isEqualTo(AirbyteConnectionStatus.Status.FAILED);
        assertThat(commcare.requests()).extracting(Request::resource).containsExactly("application", "form", "case");
        assertThat(commcare.requests())
                .extracting(request -> request.parameter("limit"))
                .containsExactly("", "1", "1");
    }

    @Test
    void checkDoesNotBlameTheKeyWhenItIsCutOffForAWhile() {
        commcare.fail(new Fault(Kind.BLACKLISTED, "", 0, -1, ""));

        AirbyteConnectionStatus status = connector.check(config).succeeded().answer(AirbyteConnectionStatus.class);

        assertThat(status.message().orElseThrow())
                .contains("it has cut off the API for a while because of too many requests (401)")
                .doesNotContain("api_key");
    }

    @Test
    void rehearsesARead() {
        Transcript rehearsal = connector.run(List.of("train-aot")).succeeded();

        assertThat(ids(rehearsal, "Visit")).hasSize(400);
        assertThat(ids(rehearsal, CASES)).hasSize(200);
    }

    // --- reading everything once ---

    @ParameterizedTest
    @EnumSource(NextStyle.class)
    void followsTheListHoweverTheNextPageIsWritten(NextStyle style) {
        commcare.nextStyle(style);
        commcare.generateForms(2_500, FROM, SECOND);
        commcare.generateCases(60, FROM, SECOND);

        Transcript read = read(config.put("page_size", 1_000), FORMS, CASES).succeeded();

        assertThat(ids(read, FORMS)).containsExactlyElementsOf(numbered("form", 0, 2_500));
        assertThat(ids(read, CASES)).containsExactlyElementsOf(numbered("case", 0, 60));
    }

    @ParameterizedTest
    @EnumSource(TimeStyle.class)
    void readsTimesInEverySpellingAndEndsThemInOneZ(TimeStyle style) {
        commcare.timeStyle(style);
        commcare.generateForms(30, "2024-01-01T00:00:00.500000", 500_000);

        Transcript read = read(config.put("page_size", 7), FORMS).succeeded();

        assertThat(ids(read, FORMS)).containsExactlyElementsOf(numbered("form", 0, 30));
        assertThat(records(read, FORMS))
                .extracting(record -> record.get("indexed_on").asText())
                .allMatch(text -> text.matches("2024-01-01T00:00:\\d\\d(\\.\\d{6})?Z"));
    }

    @Test
    void asksForNoMorePagesThanThereAre() {
        commcare.generateForms(3_000, FROM, SECOND);

        read(config, FORMS).succeeded();

        assertThat(commcare.requests("form")).hasSize(4); // 1000, then 999 new ones at most.
        assertThat(commcare.requests("form"))
                .allMatch(request -> request.parameter("limit").equals("1000"));
    }

    @Test
    void doesNotTakeAPageWithoutMetaForTheLast() {
        commcare.generateForms(100, FROM, SECOND);
        commcare.fail(Fault.once(Kind.WITHOUT_META, "form", 1, ""));

        Transcript read = read(config.put("page_size", 20), FORMS).succeeded();

        assertThat(ids(read, FORMS)).containsExactlyElementsOf(numbered("form", 0, 100));
    }

    @Test
    void failsWhenMetaNeverComes() {
        commcare.generateForms(100, FROM, SECOND);
        commcare.fail(new Fault(Kind.WITHOUT_META, "form", 1, -1, ""));

        Transcript read = read(config.put("page_size", 20), FORMS);

        assertThat(read.exitCode()).isEqualTo(1);
        assertThat(onlyError(read).failureType()).isEqualTo(FailureType.TRANSIENT_ERROR);
        assertThat(onlyError(read).message())
                .isEqualTo(commcare.address()
                        + " did not answer form/ after 2 tries: its answer has no meta, which says whether there is"
                        + " more; the next sync goes on where this one stopped");
    }

    @Test
    void losesAndDoublesNothingWhenRowsMoveDuringTheRead() {
        commcare.generateForms(200, FROM, SECOND);
        commcare.generateCases(200, FROM, SECOND);
        for (int page = 2; page <= 9; page++) {
            int n = page;
            commcare.before(page, () -> {
                // One that is out moves to the end, one that is not does, one goes, one is new.
                commcare.touchForm("form-%06d".formatted(n), "2024-02-01T00:00:%02d.000001".formatted(n));
                commcare.touchForm("form-%06d".formatted(190 + n), "2024-02-01T00:01:%02d.000001".formatted(n));
                commcare.archiveForm("form-%06d".formatted(10 + n));
                ObjectNode fresh = LoopbackCommcare.sampleForm();
                fresh.put("id", "fresh-" + n).put("indexed_on", "2024-02-01T00:02:%02d.000001".formatted(n));
                commcare.putForm(fresh);
            });
        }
        for (int page = 13; page <= 20; page++) {
            int n = page;
            commcare.before(
                    page,
                    () -> commcare.touchCase("case-%06d".formatted(n - 10), "2024-02-01T00:00:%02d".formatted(n)));
        }

        Transcript read = read(config.put("page_size", 20), FORMS, CASES).succeeded();

        assertThat(versions(read, FORMS)).doesNotHaveDuplicates();
        assertThat(ids(read, FORMS)).containsAll(numbered("form", 0, 200));
        assertThat(versions(read, FORMS))
                .containsAll(IntStream.rangeClosed(2, 9)
                        .mapToObj("form-00000%1$d@2024-02-01T00:00:0%1$d.000001Z"::formatted)
                        .toList())
                .containsAll(IntStream.rangeClosed(2, 9)
                        .mapToObj("fresh-%1$d@2024-02-01T00:02:0%1$d.000001Z"::formatted)
                        .toList());
        assertThat(versions(read, CASES)).doesNotHaveDuplicates();
        assertThat(ids(read, CASES)).containsAll(numbered("case", 0, 200));
    }

    @Test
    void losesAndDoublesNothingWhenRowsOfOneMomentCrossAPageBorder() {
        // Three to a microsecond, fifteen to a millisecond, in no promised order.
        for (int i = 0; i < 300; i++) {
            ObjectNode form = LoopbackCommcare.sampleForm();
            form.put("id", "form-%06d".formatted(i));
            form.put("indexed_on", "2024-01-01T00:00:00.%03d%03d".formatted(i / 15, i % 5));
            commcare.putForm(form);
        }

        Transcript read = read(config.put("page_size", 20), FORMS).succeeded();

        assertThat(ids(read, FORMS)).containsExactlyInAnyOrderElementsOf(numbered("form", 0, 300));
    }

    @Test
    void losesAndDoublesNothingWhenAMomentHasMoreRowsThanAPage() {
        commcare.generateForms(10, "2023-12-31T23:59:00", SECOND);
        commcare.generateForms(LoopbackCommcare.CASE_UPDATE, "tie", 130, FROM, 0);
        commcare.generateForms(LoopbackCommcare.CASE_UPDATE, "later", 10, "2024-01-01T00:00:00.001", SECOND);

        Transcript read = read(config.put("page_size", 20), FORMS).succeeded();

        List<String> expected = new ArrayList<>(numbered("form", 0, 10));
        expected.addAll(numbered("tie", 0, 130));
        expected.addAll(numbered("later", 0, 10));
        assertThat(ids(read, FORMS)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void readsNoRowsOfOtherFormsAndApplications() {
        commcare.generateForms(5, FROM, SECOND);
        commcare.generateForms(TWIN_ONE, "one", 5, FROM, SECOND);
        ObjectNode foreign = LoopbackCommcare.sampleForm().put("id", "foreign").put("app_id", "another");
        commcare.putForm(foreign);

        Transcript read = read(config, FORMS).succeeded();

        assertThat(ids(read, FORMS)).containsExactlyElementsOf(numbered("form", 0, 5));
    }

    @Test
    void readsFormsOfTheSameNameIntoStreamsOfTheirOwn() {
        commcare.generateForms(TWIN_ONE, "one", 5, FROM, SECOND);
        commcare.generateForms(TWIN_TWO, "two", 5, FROM, SECOND);

        Transcript read = read(config, "Visit", "Visit_-ONE1").succeeded();

        assertThat(ids(read, "Visit")).containsExactlyElementsOf(numbered("two", 0, 5));
        assertThat(ids(read, "Visit_-ONE1")).containsExactlyElementsOf(numbered("one", 0, 5));
    }

    @Test
    void aCatalogOfAirbytesConnectorGivesItsRecordsUnderItsNames() {
        ObjectNode form = LoopbackCommcare.sampleForm();
        form.withObjectProperty("form").put("@xmlns", "http://openrosa.org/formdesigner/AAAA1111-BBBB-CCCC-DDDD");
        commcare.putForm(form);
        AirbyteStream published = publishedStream("Unnamed_-DDDD");

        Transcript read =
                connector.read(config, catalog(List.of(published)), List.of()).succeeded();

        JsonNode record = records(read, "Unnamed_-DDDD").getFirst();
        assertThat(record.has("data")).isFalse();
        assertThat(record.get("streamname").asText()).isEqualTo("Unnamed_-DDDD");
        assertThat(record.get("question1").asText()).isEqualTo("OK");
    }

    @Test
    void saysWhichFormIsGone() {
        Transcript read = connector.read(config, catalog(List.of(publishedStream("Old Form"))), List.of());

        assertThat(read.exitCode()).isEqualTo(1);
        // The sample application has a module that cannot be loaded: the form may be in there.
        assertThat(onlyError(read).message()).startsWith("the application has no form 'Old Form' that can be read; ");
        assertThat(onlyError(read).failureType()).isEqualTo(FailureType.TRANSIENT_ERROR);
    }

    // --- cases ---

    @Test
    void readsAllCasesWhetherTheirFormsWereReadOrNot() {
        commcare.generateCases(30, FROM, SECOND);

        assertThat(ids(read(config, CASES).succeeded(), CASES)).hasSize(30);
    }

    @Test
    void keepsCasesWhoseFormsAnEarlierSyncRead() {
        config.put("case_filter", "related_to_forms");
        relatedForms(40);
        commcare.generateCases(40, FROM, SECOND);
        commcare.fail(new Fault(Kind.STATUS, "case", 0, -1, "503"));
        Transcript first = read(config, FORMS, CASES);
        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(ids(first, CASES)).isEmpty();
        commcare.forgetFaults();

        Transcript second = connector
                .read(config, catalog(discovered(FORMS, CASES)), first.states())
                .succeeded();

        assertThat(ids(second, FORMS)).isEmpty();
        assertThat(ids(second, CASES)).containsExactlyElementsOf(numbered("case", 0, 40));
    }

    @Test
    void leavesOutCasesOfOtherApplicationsWhenAsked() {
        config.put("case_filter", "related_to_forms");
        relatedForms(10);
        commcare.generateCases(30, FROM, SECOND);

        Transcript read = read(config, FORMS, CASES).succeeded();

        assertThat(ids(read, CASES)).containsExactlyElementsOf(numbered("case", 0, 10));
    }

    /// Form n touches case n.
    private void relatedForms(int count) {
        commcare.generateForms(count, FROM, SECOND);
        for (int i = 0; i < count; i++) {
            ObjectNode form = LoopbackCommcare.sampleForm();
            form.put("id", "form-%06d".formatted(i)).put("indexed_on", "2024-01-01T00:00:%02d".formatted(i % 60));
            form.withObjectProperty("form").withObjectProperty("case").put("@case_id", "case-%06d".formatted(i));
            commcare.putForm(form);
        }
    }

    // --- resuming ---

    @Test
    void aSecondSyncAsksOnlyForWhatIsNewAndAThirdEmitsNothing() {
        commcare.generateForms(100, FROM, SECOND);
        config.put("page_size", 30);
        Transcript first = read(config, FORMS).succeeded();
        commcare.generateForms(LoopbackCommcare.CASE_UPDATE, "new", 5, "2024-01-02T00:00:00", SECOND);
        commcare.forgetRequests();

        Transcript second = resume(first, FORMS);
        List<Request> asked = commcare.requests("form");
        Transcript third = resume(second, FORMS);

        assertThat(ids(second, FORMS)).containsExactlyElementsOf(numbered("new", 0, 5));
        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().parameter("indexed_on_start")).isEqualTo("2024-01-01T00:01:39.000000");
        assertThat(asked.getFirst().rows()).isEqualTo(6);
        assertThat(ids(third, FORMS)).isEmpty();
        assertThat(third.states()
                        .getLast()
                        .sourceStats()
                        .orElseThrow()
                        .recordCount()
                        .orElseThrow())
                .isEqualByComparingTo("0");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void losesNothingWhenItIsKilledAfterAnyPage(int pages) {
        commcare.generateForms(100, FROM, 300_001);
        config.put("page_size", 20);
        commcare.fail(new Fault(Kind.STATUS, "form", pages, -1, "503"));
        Transcript killed = read(config, FORMS);
        commcare.forgetFaults();
        assertThat(killed.exitCode()).isEqualTo(1);
        assertThat(killed.states()).hasSize(pages);

        Transcript resumed =
                connector.read(config, catalog(discovered(FORMS)), last(killed)).succeeded();

        List<String> both = new ArrayList<>(ids(killed, FORMS));
        both.addAll(ids(resumed, FORMS));
        assertThat(both).containsExactlyElementsOf(numbered("form", 0, 100));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"indexed_on\": \"2024-01-01T00:00:49.000000\"}",
                "{\"indexed_on\": \"2024-01-01T00:00:49.000010\"}",
                "{\"indexed_on\": \"2024-01-01T00:00:49.000000Z\"}",
                "{\"indexed_on\": \"2024-01-01T00:00:49Z\"}",
                "{\"indexed_on\": \"2024-01-01T00:00:49\"}",
                "{\"indexed_on\": \"2024-01-01T00:00:49.000000ZZ\"}",
                "{\"indexed_on\": \"2024-01-01T05:30:49+05:30\"}",
            })
    void readsStatesOfEveryAge(String state) throws IOException {
        commcare.generateForms(100, FROM, SECOND);

        Transcript read = resume(Json.mapper().readTree(state), FORMS);

        // The published connector does not say which row was the last, so it comes again.
        assertThat(ids(read, FORMS)).containsExactlyElementsOf(numbered("form", 49, 100));
    }

    @Test
    void startsOverWhenTheStateIsEmpty() throws IOException {
        commcare.generateForms(10, FROM, SECOND);

        assertThat(ids(resume(Json.mapper().readTree("{}"), FORMS), FORMS)).hasSize(10);
    }

    @Test
    void writesAStateThatAirbytesConnectorCanRead() {
        commcare.generateForms(10, FROM, SECOND);

        JsonNode state = state(read(config, FORMS).succeeded());

        assertThat(state.get("indexed_on").asText()).isEqualTo("2024-01-01T00:00:09.000000");
        assertThat(state.get("seen")).hasToString("{\"form-000009\":\"2024-01-01T00:00:09.000000\"}");
        assertThat(state.get("xmlns").asText()).isEqualTo(LoopbackCommcare.CASE_UPDATE);
    }

    @Test
    void startsOverWhenTheNameWentToAnotherForm() throws IOException {
        commcare.generateForms(TWIN_TWO, "two", 5, FROM, SECOND);
        JsonNode state = Json.mapper().readTree("""
                {"indexed_on": "2025-01-01T00:00:00.000000", "xmlns": "%s"}""".formatted(TWIN_ONE));

        Transcript read = resume(state, "Visit");

        assertThat(ids(read, "Visit")).hasSize(5);
        assertThat(warnings(read)).anyMatch(text -> text.startsWith("'Visit' was another form"));
    }

    @Test
    void findsARowThatTheIndexShowsLaterThanAYoungerOne() {
        Instant now = Instant.now();
        put("early", now.minusSeconds(20));
        Transcript first = read(config, FORMS).succeeded();
        put("late", now.minusSeconds(30));

        Transcript second = resume(first, FORMS);
        Transcript third = resume(second, FORMS);

        assertThat(ids(first, FORMS)).containsExactly("early");
        assertThat(ids(second, FORMS)).containsExactly("late");
        assertThat(ids(third, FORMS)).isEmpty();
    }

    private void put(String id, Instant indexedOn) {
        commcare.putForm(LoopbackCommcare.sampleForm().put("id", id).put("indexed_on", IndexedOn.naive(indexedOn)));
    }

    @Test
    void saysWhichStateIsNoTime() throws IOException {
        Transcript read = connector.read(
                config,
                catalog(discovered(FORMS)),
                List.of(stateMessage(FORMS, Json.mapper().readTree("{\"indexed_on\": \"soon\"}"))));

        assertThat(onlyError(read).message())
                .isEqualTo("the state holds 'soon', which is no time; reset the stream to read it from the start date");
    }

    // --- a server in a mood ---

    @ParameterizedTest
    @CsvSource({
        "THROTTLED, ''",
        "THROTTLED, 0",
        "BLACKLISTED, ''",
        "STATUS, 500",
        "STATUS, 502",
        "STATUS, 503",
        "STATUS, 504",
        "TRUNCATED_JSON, ''",
        "WITHOUT_META, ''",
        "CLOSED_IN_BODY, ''",
    })
    void asksAgainAndLosesNothing(Kind kind, String argument) {
        commcare.generateForms(50, FROM, SECOND);
        commcare.fail(new Fault(kind, "form", 1, 2, argument));
        connector = ConnectorHarness.of(TestingCommcare.patient(3, Duration.ofSeconds(20)));

        Transcript read = read(config.put("page_size", 20), FORMS).succeeded();

        assertThat(ids(read, FORMS)).containsExactlyElementsOf(numbered("form", 0, 50));
        assertThat(warnings(read).stream().filter(text -> text.startsWith("CommCare HQ is asked again")))
                .hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"SLOW", "STALLED_IN_BODY"})
    void asksAgainWhenAnAnswerTakesTooLong(Kind kind) {
        commcare.generateForms(50, FROM, SECOND);
        commcare.fail(Fault.once(kind, "form", 1, "60000"));
        connector = ConnectorHarness.of(TestingCommcare.patient(3, Duration.ofSeconds(2)));

        Transcript read = read(config.put("page_size", 20), FORMS).succeeded();

        assertThat(ids(read, FORMS)).containsExactlyElementsOf(numbered("form", 0, 50));
        assertThat(warnings(read)).anyMatch(text -> text.endsWith("no whole answer came within 2 s"));
    }

    @Test
    void waitsAsLongAsTheServerAsksAndSaysSo() {
        commcare.generateForms(5, FROM, SECOND);
        String inOneSecond = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2));
        commcare.fail(Fault.once(Kind.THROTTLED, "form", 0, "1"));
        commcare.fail(new Fault(Kind.THROTTLED, "form", 0, 1, inOneSecond));
        connector = ConnectorHarness.of(TestingCommcare.patient(3, Duration.ofSeconds(20)));
        long start = System.nanoTime();

        Transcript read = read(config, FORMS).succeeded();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(ids(read, FORMS)).hasSize(5);
        assertThat(read.lines().stream().filter(line -> line.contains("RATE_LIMITED")))
                .hasSize(2);
    }

    @Test
    void saysWhatCommCareRefuses() {
        Transcript read = connector.read(config, catalog(discovered(FORMS)), List.of());
        assertThat(read.exitCode()).isZero();
        commcare.fail(new Fault(Kind.STATUS, "form", 0, -1, "418"));

        AirbyteErrorTraceMessage error = onlyError(read(config, FORMS));

        assertThat(error.failureType()).isEqualTo(FailureType.CONFIG_ERROR);
        assertThat(error.message())
                .isEqualTo(commcare.address()
                        + " answered with status 418, which CommCare HQ's API does not: check `base_url`");
    }

    @Test
    void doesNotAskForeverWhenTheServerIgnoresTheTime() {
        commcare.generateForms(100, FROM, SECOND);
        commcare.ignore("indexed_on_start");

        Transcript read = read(config.put("page_size", 20).put("start_date", "2025-01-01T00:00:00Z"), FORMS);

        assertThat(onlyError(read).message())
                .isEqualTo("CommCare HQ was asked for forms since 2025-01-01T00:00:00.000000 and sent one of"
                        + " 2024-01-01T00:00:00.000000; whatever answers at `base_url` does not filter by indexed_on");
    }

    @Test
    void oneStreamThatFailsDoesNotKeepTheOthersFromBeingRead() {
        commcare.generateForms(5, FROM, SECOND);
        commcare.generateCases(5, FROM, SECOND);
        commcare.fail(new Fault(Kind.STATUS, "form", 0, -1, "503"));

        Transcript read = read(config, FORMS, CASES);

        assertThat(read.exitCode()).isEqualTo(1);
        assertThat(ids(read, FORMS)).isEmpty();
        assertThat(ids(read, CASES)).hasSize(5);
    }

    // --- helpers ---

    private static JsonNode json(Transcript spec) {
        try {
            return Json.mapper().readTree(spec.lines().getFirst());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Transcript read(ObjectNode config, String... streams) {
        return connector.read(config, catalog(discovered(streams)), List.of());
    }

    private Transcript resume(Transcript before, String... streams) {
        return connector
                .read(config, catalog(discovered(streams)), last(before))
                .succeeded();
    }

    private Transcript resume(JsonNode state, String stream) {
        return connector
                .read(config, catalog(discovered(stream)), List.of(stateMessage(stream, state)))
                .succeeded();
    }

    private static AirbyteStateMessage stateMessage(String stream, JsonNode state) {
        return new AirbyteStateMessage.Stream(
                new AirbyteStreamState(new StreamDescriptor(stream), Optional.of(state)),
                Optional.empty(),
                Optional.empty());
    }

    private static List<AirbyteStateMessage> last(Transcript read) {
        Map<StreamDescriptor, AirbyteStateMessage> last = new TreeMap<>();
        for (AirbyteStateMessage state : read.states()) {
            last.put(((AirbyteStateMessage.Stream) state).stream().streamDescriptor(), state);
        }
        return List.copyOf(last.values());
    }

    private static JsonNode state(Transcript read) {
        return ((AirbyteStateMessage.Stream) read.states().getLast())
                .stream().streamState().orElseThrow();
    }

    private List<AirbyteStream> discover() {
        return connector
                .discover(config)
                .succeeded()
                .answer(AirbyteCatalog.class)
                .streams();
    }

    private List<AirbyteStream> discovered(String... names) {
        List<AirbyteStream> streams = discover().stream()
                .filter(stream -> List.of(names).contains(stream.name()))
                .toList();
        assertThat(streams).hasSize(names.length);
        commcare.forgetRequests();
        return streams;
    }

    private static AirbyteStream publishedStream(String name) {
        return new Columns().stream(name);
    }

    private static ConfiguredAirbyteCatalog catalog(List<AirbyteStream> streams) {
        return new ConfiguredAirbyteCatalog(streams.stream()
                .map(stream -> new ConfiguredAirbyteStream(
                        stream,
                        SyncMode.INCREMENTAL,
                        stream.defaultCursorField(),
                        DestinationSyncMode.APPEND_DEDUP,
                        stream.sourceDefinedPrimaryKey(),
                        1,
                        0,
                        1))
                .toList());
    }

    private static List<ObjectNode> records(Transcript read, String stream) {
        return read.records(new StreamDescriptor(stream)).stream()
                .map(AirbyteRecordMessage::data)
                .toList();
    }

    private static List<String> ids(Transcript read, String stream) {
        return records(read, stream).stream().map(row -> row.get("id").asText()).toList();
    }

    private static List<String> versions(Transcript read, String stream) {
        return records(read, stream).stream()
                .map(row -> row.get("id").asText() + "@" + row.get("indexed_on").asText())
                .toList();
    }

    private static List<String> numbered(String prefix, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "%s-%06d".formatted(prefix, i))
                .toList();
    }

    private static List<String> warnings(Transcript read) {
        return read.messages(AirbyteLogMessage.class).stream()
                .filter(log -> log.level() == AirbyteLogMessage.Level.WARN)
                .map(AirbyteLogMessage::message)
                .toList();
    }

    private static AirbyteErrorTraceMessage onlyError(Transcript read) {
        assertThat(read.errors()).hasSize(1);
        return read.errors().getFirst();
    }
}
