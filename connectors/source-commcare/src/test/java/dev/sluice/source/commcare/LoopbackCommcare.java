package dev.sluice.source.commcare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// CommCare HQ's API as far as forms, cases and applications go, on the loopback interface: its filters, orders,
/// limits, spellings and moods. It knows nothing of the connector, and stands on the JDK and Jackson alone.
///
/// In a test it is [#start]ed and changed by its methods. As a process (`main`) it is changed by requests to
/// `/_admin/…`, see [#main].
public final class LoopbackCommcare implements AutoCloseable {
    public static final String DOMAIN = "corpora";
    public static final String APP = "effb341b";
    public static final String API_KEY = "user@example.org:0123456789abcdef";

    /// The form of the vendor's sample.
    public static final String CASE_UPDATE = "http://openrosa.org/formdesigner/4281EB62-46E6-49AD-A08C";

    private static final int MAX_FORMS = 1_000;
    private static final int MAX_CASES = 5_000;
    private static final int DEEPEST_OFFSET = 900_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");

    /// How `meta.next` is written.
    public enum NextStyle {
        QUERY,
        PATH,
        ABSOLUTE
    }

    /// How rows spell `indexed_on`.
    public enum TimeStyle {
        MICROS_Z,
        MICROS_NAIVE,
        /// `Z` and no fraction where it is zero.
        SHORTEST_Z
    }

    /// What every request is answered with instead, as if the key were wrong in one way or another.
    public enum Refusal {
        UNKNOWN_KEY,
        NOT_A_MEMBER,
        NO_SUBSCRIPTION,
        NO_PERMISSION
    }

    /// An answer that is not what was asked for.
    ///
    /// @param resource `form`, `case` or `application`; empty for any
    /// @param skip requests of that resource that are answered before
    /// @param times how many requests it hits, -1 for all
    public record Fault(Kind kind, String resource, int skip, int times, String argument) {
        public enum Kind {
            /// 429; the argument, if any, is the `Retry-After`.
            THROTTLED,
            /// 401 with the text of a key that is cut off for a while.
            BLACKLISTED,
            /// The status in the argument, with a page of HTML.
            STATUS,
            TRUNCATED_JSON,
            WITHOUT_META,
            /// The argument is the delay in milliseconds.
            SLOW,
            /// The delay comes in the middle of the body.
            STALLED_IN_BODY,
            CLOSED_IN_BODY
        }

        public static Fault once(Kind kind, String resource, int skip, String argument) {
            return new Fault(kind, resource, skip, 1, argument);
        }
    }

    /// One request that arrived.
    ///
    /// @param resource `form`, `case` or `application`
    public record Request(String resource, String path, Map<String, String> query, int status, int rows) {
        public String parameter(String name) {
            return query.getOrDefault(name, "");
        }
    }

    private static final class Domain {
        final Map<String, ObjectNode> applications = new LinkedHashMap<>();
        final Map<String, ObjectNode> forms = new LinkedHashMap<>();
        final Map<String, ObjectNode> cases = new LinkedHashMap<>();
    }

    private static final class ActiveFault {
        final Fault fault;
        int skipped;
        int hit;

        ActiveFault(Fault fault) {
            this.fault = fault;
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);

    // Everything below is guarded by this object.
    private final Map<String, Domain> domains = new HashMap<>();
    private final List<ActiveFault> faults = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final Map<Integer, Runnable> beforeListRequest = new HashMap<>();
    private final Random ties = new Random(1);
    private int listRequests;
    private String apiKey = API_KEY;
    private Optional<Refusal> refusal = Optional.empty();
    private NextStyle nextStyle = NextStyle.PATH;
    private TimeStyle timeStyle = TimeStyle.MICROS_Z;
    private boolean unstableTies = true;
    private long delayMillis;
    private final Set<String> ignored = new HashSet<>();

    /// Who waits for the delay of a fault waits for this too.
    private CountDownLatch forgotten = new CountDownLatch(1);

    private LoopbackCommcare(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        domains.put(DOMAIN, new Domain());
        addApplication(DOMAIN, application());
    }

    /// @param port 0 for any that is free
    public static LoopbackCommcare start(int port) {
        try {
            return new LoopbackCommcare(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// `http://127.0.0.1:PORT`
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// Starts it with some data, prints its address, and runs until standard input ends or it is killed.
    ///
    /// Arguments, all optional: `--port N`, `--forms N`, `--cases N` (in the project space `corpora`, application
    /// `effb341b`, API key `user@example.org:0123456789abcdef`), `--next query|path|absolute`, `--delay MILLIS`.
    ///
    /// While it runs, under `/_admin/`:
    ///
    /// * `GET requests` answers what was asked so far, `DELETE requests` forgets it
    /// * `POST forms`, `POST cases`: `{"domain", "objects": […]}`; replaces by id; without `indexed_on` it is now
    /// * `POST generate`: `{"forms": N, "cases": N, "from": "2024-01-01T00:00:00", "step_micros": N}`
    /// * `POST applications`: `{"domain", "application": {…}}`
    /// * `POST faults`: `{"kind", "resource", "skip", "times", "argument"}`, see [Fault]; `DELETE faults`
    /// * `POST settings`: any of `next`, `times`, `refusal` (null for none), `api_key`, `unstable_ties`,
    ///   `delay_millis`
    public static void main(String[] args) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i].replaceFirst("^--", ""), args[i + 1]);
        }
        LoopbackCommcare commcare = start(Integer.parseInt(options.getOrDefault("port", "0")));
        commcare.nextStyle(
                NextStyle.valueOf(options.getOrDefault("next", "path").toUpperCase()));
        commcare.delay(Duration.ofMillis(Long.parseLong(options.getOrDefault("delay", "0"))));
        commcare.generateForms(Integer.parseInt(options.getOrDefault("forms", "0")), "2024-01-01T00:00:00", 1_000_003);
        commcare.generateCases(Integer.parseInt(options.getOrDefault("cases", "0")), "2024-01-01T00:00:00", 1_000_003);
        System.out.println(commcare.address());
        while (System.in.read() >= 0) {
            // Whoever started us holds the other end; it closes when they are gone.
        }
        commcare.close();
    }

    // --- data ---

    public synchronized void addApplication(String domain, ObjectNode application) {
        domain(domain).applications.put(application.path("id").asText(), application);
    }

    /// Adds a form, or replaces the one with its id.
    public synchronized void putForm(ObjectNode form) {
        put(domain(form.path("domain").asText(DOMAIN)).forms, form);
    }

    /// Adds a case, or replaces the one with its id.
    public synchronized void putCase(ObjectNode commcareCase) {
        put(domain(commcareCase.path("domain").asText(DOMAIN)).cases, commcareCase);
    }

    private static void put(Map<String, ObjectNode> rows, ObjectNode row) {
        if (!row.hasNonNull("indexed_on")) {
            row.put("indexed_on", MICROS.format(OffsetDateTime.now(ZoneOffset.UTC)));
        }
        rows.put(row.path("id").asText(), row);
    }

    /// A row changed and was indexed again: it moves to the end of the order.
    public synchronized void touchForm(String id, String indexedOn) {
        domain(DOMAIN).forms.get(id).put("indexed_on", indexedOn);
    }

    public synchronized void touchCase(String id, String indexedOn) {
        domain(DOMAIN).cases.get(id).put("indexed_on", indexedOn);
    }

    /// The form is in no list any more.
    public synchronized void archiveForm(String id) {
        domain(DOMAIN).forms.get(id).put("archived", true);
    }

    public synchronized void generateForms(int count, String from, long stepMicros) {
        generateForms(CASE_UPDATE, "form", count, from, stepMicros);
    }

    /// Forms `PREFIX-000000`, … like the vendor's sample, one each step.
    public synchronized void generateForms(String xmlns, String prefix, int count, String from, long stepMicros) {
        ObjectNode sample = sample("vendor_form_v1_objects.jsonl");
        LocalDateTime time = LocalDateTime.parse(from);
        for (int i = 0; i < count; i++) {
            ObjectNode form = sample.deepCopy();
            String id = "%s-%06d".formatted(prefix, i);
            form.put("id", id).put("indexed_on", MICROS.format(time.plusNanos(stepMicros * 1_000 * i)));
            form.withObjectProperty("form").put("@xmlns", xmlns).put("question1", "answer " + i);
            form.withObjectProperty("form").withObjectProperty("meta").put("instanceID", id);
            putForm(form);
        }
    }

    /// Cases `case-000000`, …, each touched by the form of its number.
    public synchronized void generateCases(int count, String from, long stepMicros) {
        ObjectNode sample = sample("vendor_case_v1_objects.jsonl");
        LocalDateTime time = LocalDateTime.parse(from);
        for (int i = 0; i < count; i++) {
            ObjectNode commcareCase = sample.deepCopy();
            String id = "case-%06d".formatted(i);
            commcareCase.put("domain", DOMAIN).put("id", id).put("case_id", id);
            commcareCase.put("indexed_on", MICROS.format(time.plusNanos(stepMicros * 1_000 * i)));
            commcareCase.putArray("xform_ids").add("form-%06d".formatted(i));
            putCase(commcareCase);
        }
    }

    public static ObjectNode sampleForm() {
        return sample("vendor_form_v1_objects.jsonl");
    }

    public static ObjectNode sampleCase() {
        return sample("vendor_case_v1_objects.jsonl").put("domain", DOMAIN);
    }

    private static ObjectNode sample(String name) {
        try (InputStream file = LoopbackCommcare.class.getResourceAsStream("/samples/" + name)) {
            return (ObjectNode) JSON.readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The sample application with what real ones have besides: a form in Hindi only, two of one name, one without
    /// an xmlns, a module that cannot be loaded.
    public static ObjectNode application() {
        ObjectNode application = sample("constructed_application_v1.jsonl");
        application.putArray("langs").add("hin").add("en");
        ArrayNode forms = (ArrayNode) application.at("/modules/0/forms");
        ArrayNode questions = (ArrayNode) forms.get(0).get("questions");
        for (String path :
                List.of("/data/data_node", "/data/geodata", "/data/text", "/data/visit/नाम", "/data/visit/q-2")) {
            questions.addObject().put("label", path).put("value", path).put("type", "Text");
        }
        questions.addObject().put("label", "Visit").put("value", "/data/visit").put("type", "Group");
        addForm(forms, "http://openrosa.org/formdesigner/TWIN-ONE1", "en", "Visit");
        addForm(forms, "http://openrosa.org/formdesigner/TWIN-TWO2", "en", "Visit");
        addForm(forms, null, "en", "Draft");
        return application;
    }

    private static void addForm(ArrayNode forms, String xmlns, String language, String name) {
        ObjectNode form = forms.addObject()
                .put("xmlns", xmlns)
                .put("unique_id", UUID.randomUUID().toString());
        form.putObject("name").put(language, name);
        form.putArray("questions")
                .addObject()
                .put("label", "Question 1")
                .put("value", "/data/question1")
                .put("type", "Text");
    }

    // --- behaviour ---

    public synchronized void nextStyle(NextStyle style) {
        nextStyle = style;
    }

    public synchronized void timeStyle(TimeStyle style) {
        timeStyle = style;
    }

    public synchronized void apiKey(String key) {
        apiKey = key;
    }

    public synchronized void refuse(Refusal how) {
        refusal = Optional.ofNullable(how);
    }

    /// Whether rows of one millisecond come in another order with each request, as they do from a search index.
    public synchronized void unstableTies(boolean unstable) {
        unstableTies = unstable;
    }

    /// The parameter has no effect any more, as if the server did not know it.
    public synchronized void ignore(String parameter) {
        ignored.add(parameter);
    }

    /// Every answer takes this long.
    public synchronized void delay(Duration delay) {
        delayMillis = delay.toMillis();
    }

    public synchronized void fail(Fault fault) {
        faults.add(new ActiveFault(fault));
    }

    /// Also answers whom one of them lets wait.
    public synchronized void forgetFaults() {
        faults.clear();
        forgotten.countDown();
        forgotten = new CountDownLatch(1);
    }

    /// Something that happens on the server just before it answers its n-th list request from now, counted from 1.
    public synchronized void before(int listRequest, Runnable change) {
        beforeListRequest.put(listRequests + listRequest, change);
    }

    public synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    public synchronized List<Request> requests(String resource) {
        return requests.stream()
                .filter(request -> request.resource().equals(resource))
                .toList();
    }

    public synchronized void forgetRequests() {
        requests.clear();
    }

    @Override
    public void close() {
        closing.countDown();
        forgetFaults();
        server.stop(0);
        threads.shutdownNow();
    }

    // --- answers ---

    private record Answer(int status, byte[] body, String contentType, Map<String, String> headers, int rows) {
        static Answer json(int status, JsonNode body) {
            return new Answer(
                    status,
                    bytes(body),
                    "application/json",
                    Map.of(),
                    body.path("objects").size());
        }

        static Answer error(int status, String text) {
            return json(status, JSON.createObjectNode().put("error", text));
        }

        static Answer empty(int status) {
            return new Answer(status, new byte[0], "text/html", Map.of(), 0);
        }

        Answer with(String header, String value) {
            return new Answer(status, body, contentType, Map.of(header, value), rows);
        }
    }

    /// A request that the API refuses, found while it is read.
    private static final class Refused extends RuntimeException {
        final Answer answer;

        Refused(Answer answer) {
            super(null, null, false, false);
            this.answer = answer;
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Map<String, String> query = query(exchange.getRequestURI());
            if (path.startsWith("/_admin/")) {
                send(exchange, admin(exchange, path));
                return;
            }
            String[] parts = path.split("/");
            boolean known = parts.length >= 6 && parts[1].equals("a") && parts[3].equals("api");
            // v0.5/form and form/v1: the newer addresses have the version behind.
            String resource = !known ? "" : parts[4].startsWith("v0") ? parts[5] : parts[4];
            String id = !known || parts.length < 7 ? "" : parts[6];
            Optional<ActiveFault> fault;
            Answer answer;
            long delay;
            CountDownLatch enough = closing;
            synchronized (this) {
                if (resource.equals("form") || resource.equals("case")) {
                    Runnable change = beforeListRequest.remove(++listRequests);
                    if (change != null) {
                        change.run();
                    }
                }
                delay = delayMillis;
                fault = fault(resource);
                try {
                    authorize(exchange, known ? parts[2] : "");
                    answer = list(known ? domains.get(parts[2]) : null, resource, id, path, query);
                } catch (Refused refused) {
                    answer = refused.answer;
                }
                answer = changed(answer, fault);
                requests.add(new Request(resource, path, query, answer.status(), answer.rows()));
                if (fault.isPresent() && fault.get().fault.kind() == Fault.Kind.SLOW) {
                    delay = Long.parseLong(fault.get().fault.argument());
                    enough = forgotten;
                }
            }
            if (delay > 0) {
                enough.await(delay, TimeUnit.MILLISECONDS);
            }
            if (closing.getCount() == 0) {
                return;
            }
            if (fault.isPresent()
                    && Set.of(Fault.Kind.STALLED_IN_BODY, Fault.Kind.CLOSED_IN_BODY)
                            .contains(fault.get().fault.kind())) {
                exchange.sendResponseHeaders(200, answer.body().length);
                exchange.getResponseBody().write(answer.body(), 0, answer.body().length / 2);
                exchange.getResponseBody().flush();
                if (fault.get().fault.kind() == Fault.Kind.STALLED_IN_BODY) {
                    closing.await(Long.parseLong(fault.get().fault.argument()), TimeUnit.MILLISECONDS);
                }
                return; // Closing the exchange with bytes owed closes the connection.
            }
            send(exchange, answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
        if (answer.body().length > 0) {
            exchange.getResponseBody().write(answer.body());
        }
    }

    private void authorize(HttpExchange exchange, String domain) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        Refusal how = refusal.orElse(("ApiKey " + apiKey).equals(header) ? null : Refusal.UNKNOWN_KEY);
        if (how == null) {
            return;
        }
        throw new Refused(
                switch (how) {
                    case UNKNOWN_KEY -> Answer.empty(401).with("WWW-Authenticate", "ApiKey realm=\"" + domain + "\"");
                    case NOT_A_MEMBER -> Answer.error(401, "not authorized");
                    case NO_SUBSCRIPTION ->
                        Answer.error(401, "Your current subscription does not have access to this feature");
                    case NO_PERMISSION -> Answer.empty(403);
                });
    }

    private Answer list(Domain domain, String resource, String id, String path, Map<String, String> query) {
        if (domain == null) {
            return Answer.empty(404);
        }
        return switch (resource) {
            case "application" -> {
                ObjectNode application = domain.applications.get(id);
                yield application == null ? Answer.empty(404) : Answer.json(200, application(application, query));
            }
            case "form" -> rows(domain.forms.values(), path, query, MAX_FORMS, "-received_on", LoopbackCommcare::form);
            case "case" ->
                rows(domain.cases.values(), path, query, MAX_CASES, "server_date_modified", LoopbackCommcare::aCase);
            default -> Answer.empty(404);
        };
    }

    private static ObjectNode application(ObjectNode application, Map<String, String> query) {
        return query.getOrDefault("extras", "").equals("true")
                ? application
                : application.deepCopy().without(List.of("langs"));
    }

    private interface Filter {
        /// Whether the row passes; empty when the parameter is not one of the resource.
        Optional<Boolean> passes(ObjectNode row, String name, String value);
    }

    private static Optional<Boolean> form(ObjectNode form, String name, String value) {
        return switch (name) {
            case "app_id" -> Optional.of(form.path("app_id").asText().equals(value));
            case "xmlns" -> Optional.of(form.at("/form/@xmlns").asText().equals(value));
            case "case_id" -> Optional.of(touches(form.at("/form/case"), value));
            case "include_archived" -> Optional.of(true);
            default -> Optional.empty();
        };
    }

    private static boolean touches(JsonNode cases, String id) {
        for (JsonNode one : cases.isArray() ? cases : List.of(cases)) {
            if (one.path("@case_id").asText().equals(id)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Boolean> aCase(ObjectNode commcareCase, String name, String value) {
        return switch (name) {
            case "owner_id", "external_id" ->
                Optional.of(commcareCase.path("properties").path(name).asText().equals(value));
            case "name" ->
                Optional.of(commcareCase.at("/properties/case_name").asText().equals(value));
            case "type" ->
                Optional.of(commcareCase.at("/properties/case_type").asText().equals(value));
            case "user_id" -> Optional.of(commcareCase.path("user_id").asText().equals(value));
            case "closed" -> Optional.of(commcareCase.path("closed").asBoolean() == Boolean.parseBoolean(value));
            default -> Optional.empty();
        };
    }

    private static final Set<String> NO_FILTERS = Set.of("format", "limit", "offset", "order_by", "cases__full");
    private static final Set<String> TIMES =
            Set.of("indexed_on", "received_on", "server_modified_on", "date_modified", "server_date_modified");

    private Answer rows(
            Iterable<ObjectNode> all,
            String path,
            Map<String, String> query,
            int max,
            String defaultOrder,
            Filter filter) {
        List<ObjectNode> found = new ArrayList<>();
        for (ObjectNode row : all) {
            if (passes(row, query, filter)) {
                found.add(row);
            }
        }
        order(found, query.getOrDefault("order_by", defaultOrder));
        int limit = number(query, "limit", 20);
        limit = limit == 0 || limit > max ? max : limit;
        int offset = number(query, "offset", 0);
        if (offset + limit > DEEPEST_OFFSET) {
            return new Answer(
                    500, "<h1>Server Error (500)</h1>".getBytes(StandardCharsets.UTF_8), "text/html", Map.of(), 0);
        }
        List<ObjectNode> page = found.subList(Math.min(offset, found.size()), Math.min(offset + limit, found.size()));
        ObjectNode answer = JSON.createObjectNode();
        ObjectNode meta = answer.putObject("meta").put("limit", limit);
        boolean more = offset + limit < found.size();
        meta.put("next", more ? link(path, query, limit, offset + limit) : null);
        meta.put("offset", offset);
        meta.put("previous", offset == 0 ? null : link(path, query, limit, Math.max(0, offset - limit)));
        meta.put("total_count", found.size());
        ArrayNode objects = answer.putArray("objects");
        page.forEach(row -> objects.add(spelled(row)));
        return Answer.json(200, answer);
    }

    private boolean passes(ObjectNode row, Map<String, String> query, Filter filter) {
        boolean passes =
                query.containsKey("include_archived") || !row.path("archived").asBoolean();
        for (var parameter : query.entrySet()) {
            String name = parameter.getKey();
            String value = parameter.getValue();
            if (NO_FILTERS.contains(name) || ignored.contains(name)) {
                continue;
            }
            String time = name.replaceFirst("_(start|end)$", "");
            if (!time.equals(name) && TIMES.contains(time)) {
                LocalDateTime bound = filterTime(value);
                LocalDateTime of = rowTime(row.path(time).asText()).truncatedTo(ChronoUnit.MILLIS);
                // The index knows milliseconds only.
                bound = bound.truncatedTo(ChronoUnit.MILLIS);
                passes &= name.endsWith("_start") ? !of.isBefore(bound) : !of.isAfter(bound);
            } else {
                // A parameter it does not know is a search for a field of that name: nothing, not an error.
                passes &= filter.passes(row, name, value).orElse(false);
            }
        }
        return passes;
    }

    /// @throws Refused when it is written in a way the API does not know: seconds and an offset together
    private static LocalDateTime filterTime(String text) {
        if (text.matches("\\d{4}-\\d{2}-\\d{2}")) {
            return LocalDate.parse(text).atStartOfDay();
        }
        if (text.matches("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{6})?")) {
            return LocalDateTime.parse(text);
        }
        if (text.matches("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}Z")) {
            return LocalDateTime.parse(text.substring(0, 16));
        }
        throw new Refused(Answer.error(400, "Invalid date: " + text));
    }

    private static LocalDateTime rowTime(String text) {
        String naive = text.replaceFirst("Z$", "");
        return naive.length() == 10 ? LocalDate.parse(naive).atStartOfDay() : LocalDateTime.parse(naive);
    }

    private void order(List<ObjectNode> rows, String by) {
        String field = by.replaceFirst("^-", "");
        if (unstableTies) {
            Collections.shuffle(rows, ties);
        }
        Map<ObjectNode, LocalDateTime> times = new java.util.IdentityHashMap<>();
        rows.forEach(row -> times.put(row, rowTime(row.path(field).asText()).truncatedTo(ChronoUnit.MILLIS)));
        Comparator<ObjectNode> order = Comparator.comparing(times::get);
        rows.sort(by.startsWith("-") ? order.reversed() : order);
    }

    private ObjectNode spelled(ObjectNode row) {
        LocalDateTime time = rowTime(row.path("indexed_on").asText());
        ObjectNode spelled = JSON.createObjectNode();
        spelled.setAll(row);
        return spelled.put(
                "indexed_on",
                switch (timeStyle) {
                    case MICROS_Z -> MICROS.format(time) + "Z";
                    case MICROS_NAIVE -> MICROS.format(time);
                    case SHORTEST_Z ->
                        (time.getNano() == 0 ? DateTimeFormatter.ISO_LOCAL_DATE_TIME : MICROS).format(time) + "Z";
                });
    }

    private String link(String path, Map<String, String> query, int limit, int offset) {
        Map<String, String> linked = new LinkedHashMap<>(query);
        linked.put("limit", Integer.toString(limit));
        linked.put("offset", Integer.toString(offset));
        StringBuilder text = new StringBuilder();
        linked.forEach((name, value) -> text.append(text.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(java.net.URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return switch (nextStyle) {
            case QUERY -> text.toString();
            case PATH -> path + text;
            case ABSOLUTE -> address() + path + text;
        };
    }

    private static int number(Map<String, String> query, String name, int otherwise) {
        try {
            return Integer.parseInt(query.getOrDefault(name, Integer.toString(otherwise)));
        } catch (NumberFormatException e) {
            throw new Refused(Answer.error(400, "Invalid %s '%s' provided.".formatted(name, query.get(name))));
        }
    }

    // --- faults ---

    private Optional<ActiveFault> fault(String resource) {
        for (ActiveFault active : faults) {
            Fault fault = active.fault;
            if (!fault.resource().isEmpty() && !fault.resource().equals(resource)) {
                continue;
            }
            if (active.skipped < fault.skip()) {
                active.skipped++;
            } else if (fault.times() < 0 || active.hit < fault.times()) {
                active.hit++;
                return Optional.of(active);
            }
        }
        return Optional.empty();
    }

    private static Answer changed(Answer answer, Optional<ActiveFault> active) {
        if (active.isEmpty()) {
            return answer;
        }
        Fault fault = active.get().fault;
        return switch (fault.kind()) {
            case THROTTLED ->
                fault.argument().isEmpty()
                        ? Answer.empty(429)
                        : Answer.empty(429).with("Retry-After", fault.argument());
            case BLACKLISTED ->
                Answer.error(
                        401,
                        "API access has been temporarily cut off due to too many requests. Please contact support.");
            case STATUS ->
                new Answer(
                        Integer.parseInt(fault.argument()),
                        "<!DOCTYPE html><h1>Sorry</h1>".getBytes(StandardCharsets.UTF_8),
                        "text/html",
                        Map.of(),
                        0);
            case TRUNCATED_JSON -> {
                byte[] half = new byte[answer.body().length / 2];
                System.arraycopy(answer.body(), 0, half, 0, half.length);
                yield new Answer(answer.status(), half, answer.contentType(), answer.headers(), answer.rows());
            }
            case WITHOUT_META -> {
                ObjectNode body = (ObjectNode) tree(answer.body());
                body.remove("meta");
                yield Answer.json(answer.status(), body);
            }
            case SLOW, STALLED_IN_BODY, CLOSED_IN_BODY -> answer;
        };
    }

    // --- admin ---

    private synchronized Answer admin(HttpExchange exchange, String path) throws IOException {
        String what = exchange.getRequestMethod() + " " + path.substring("/_admin/".length());
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        JsonNode body = bytes.length == 0 ? JSON.createObjectNode() : tree(bytes);
        switch (what) {
            case "GET requests" -> {
                return Answer.json(200, JSON.valueToTree(requests));
            }
            case "DELETE requests" -> forgetRequests();
            case "POST forms" -> objects(body).forEach(this::putForm);
            case "POST cases" -> objects(body).forEach(this::putCase);
            case "POST generate" -> {
                String from = body.path("from").asText("2024-01-01T00:00:00");
                long step = body.path("step_micros").asLong(1_000_003);
                generateForms(body.path("forms").asInt(), from, step);
                generateCases(body.path("cases").asInt(), from, step);
            }
            case "POST applications" ->
                addApplication(body.path("domain").asText(DOMAIN), (ObjectNode) body.get("application"));
            case "POST faults" ->
                fail(new Fault(
                        Fault.Kind.valueOf(body.path("kind").asText().toUpperCase()),
                        body.path("resource").asText(""),
                        body.path("skip").asInt(0),
                        body.path("times").asInt(1),
                        body.path("argument").asText("")));
            case "DELETE faults" -> forgetFaults();
            case "POST settings" -> settings(body);
            default -> {
                return Answer.empty(404);
            }
        }
        return Answer.json(200, JSON.createObjectNode());
    }

    private void settings(JsonNode body) {
        for (var setting : body.properties()) {
            String value = setting.getValue().asText();
            switch (setting.getKey()) {
                case "next" -> nextStyle(NextStyle.valueOf(value.toUpperCase()));
                case "times" -> timeStyle(TimeStyle.valueOf(value.toUpperCase()));
                case "refusal" -> refuse(setting.getValue().isNull() ? null : Refusal.valueOf(value.toUpperCase()));
                case "api_key" -> apiKey(value);
                case "unstable_ties" -> unstableTies(setting.getValue().asBoolean());
                case "delay_millis" ->
                    delay(Duration.ofMillis(setting.getValue().asLong()));
                default -> throw new IllegalArgumentException("no setting " + setting.getKey());
            }
        }
    }

    private static List<ObjectNode> objects(JsonNode body) {
        List<ObjectNode> objects = new ArrayList<>();
        for (JsonNode object : body.path("objects")) {
            ObjectNode row = (ObjectNode) object;
            if (!row.has("domain")) {
                row.put("domain", body.path("domain").asText(DOMAIN));
            }
            objects.add(row);
        }
        return objects;
    }

    private Domain domain(String name) {
        return domains.computeIfAbsent(name, unknown -> new Domain());
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new LinkedHashMap<>();
        String raw = uri.getRawQuery();
        for (String pair : raw == null || raw.isEmpty() ? new String[0] : raw.split("&")) {
            int equals = pair.indexOf('=');
            Function<String, String> decode = text -> URLDecoder.decode(text, StandardCharsets.UTF_8);
            query.put(
                    decode.apply(equals < 0 ? pair : pair.substring(0, equals)),
                    equals < 0 ? "" : decode.apply(pair.substring(equals + 1)));
        }
        return query;
    }

    private static byte[] bytes(JsonNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode tree(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
