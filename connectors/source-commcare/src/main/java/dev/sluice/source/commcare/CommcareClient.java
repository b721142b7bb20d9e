package dev.sluice.source.commcare;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Asks CommCare HQ, again when the answer is late, broken or a request to wait. What it returns is whole.
final class CommcareClient implements AutoCloseable {
    /// How long to go on asking.
    ///
    /// @param tries of one request, the first one counted
    /// @param firstPause before the second try; doubles from there
    /// @param longestPause of our own; what the server asks for may be longer, up to [#LONGEST_WAIT]
    /// @param answer the longest a whole answer may take
    record Patience(int tries, Duration firstPause, Duration longestPause, Duration answer) {
        /// Goes on for some six minutes, then it is more than a hiccup.
        static final Patience FOR_A_READ =
                new Patience(11, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofMinutes(5));

        static final Patience FOR_A_CHECK =
                new Patience(3, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMinutes(1));
    }

    /// One answer of a list.
    ///
    /// @param more whether there are rows behind these
    /// @param total how many rows fit the question, -1 when the server does not say
    record Page(List<ObjectNode> rows, boolean more, long total) {}

    /// Told when we wait before asking again.
    interface Waiting {
        /// Nobody is told.
        Waiting QUIETLY = (until, problem, throttled) -> {};

        /// @param throttled whether CommCare asked for it, because of too many requests
        void until(Instant time, String problem, boolean throttled);
    }

    private static final Duration CONNECT = Duration.ofSeconds(30);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final CommcareConfig config;
    private final Patience patience;
    private final String api;

    CommcareClient(CommcareConfig config, Patience patience) {
        this.config = config;
        this.patience = patience;
        // v0.5 is the one address that every CommCare HQ of the last ten years knows.
        this.api = config.baseUrl().replaceAll("/+$", "") + "/a/" + encode(config.projectSpace()) + "/api/v0.5/";
    }

    /// The application, with the raw document around it (`extras`), where its languages are.
    ObjectNode application() throws InterruptedException {
        String path = "application/" + encode(config.appId()) + "/";
        return ask(path, Map.of("format", "json", "extras", "true"), Waiting.QUIETLY, answer -> {
            if (!answer.path("modules").isArray()) {
                throw new BrokenAnswer("has no list of modules");
            }
            return answer;
        });
    }

    /// Some rows of `form` or `case`.
    ///
    /// @param waiting told when this takes longer
    Page page(String resource, Map<String, String> query, Waiting waiting) throws InterruptedException {
        return ask(resource + "/", query, waiting, CommcareClient::pageOf);
    }

    private static Page pageOf(ObjectNode answer) throws BrokenAnswer {
        if (!(answer.get("objects") instanceof JsonNode objects && objects.isArray())) {
            throw new BrokenAnswer("has no list of objects");
        }
        if (!(answer.get("meta") instanceof ObjectNode meta)) {
            // Without it the last page looks like any other: taken for the end, rows would be missing.
            throw new BrokenAnswer("has no meta, which says whether there is more");
        }
        List<ObjectNode> rows = new ArrayList<>(objects.size());
        for (JsonNode object : objects) {
            if (!(object instanceof ObjectNode row)) {
                throw new BrokenAnswer("has a row that is no object");
            }
            rows.add(row);
        }
        // Whether there is a next page, not where: the address has been written as "?…", as a path and in full.
        boolean next =
                !meta.path("next").asText("").isBlank() && !meta.get("next").isNull();
        long total = meta.path("total_count").asLong(-1);
        boolean more = next || total > meta.path("offset").asLong(0) + rows.size();
        if (more && rows.isEmpty()) {
            throw new BrokenAnswer("has no rows although it says there are more");
        }
        return new Page(rows, more, total);
    }

    private interface Reading<T> {
        T read(ObjectNode answer) throws BrokenAnswer;
    }

    private <T> T ask(String path, Map<String, String> query, Waiting waiting, Reading<T> reading)
            throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(path, query))
                .header("Authorization", "ApiKey " + config.apiKey())
                .header("Accept", "application/json")
                .timeout(patience.answer())
                .build();
        for (int attempt = 1; ; attempt++) {
            int retry = attempt;
            String problem;
            Optional<Duration> asked = Optional.empty();
            boolean throttled = false;
            Throwable cause = null;
            try {
                HttpResponse<byte[]> response = send(request);
                if (response.statusCode() == 200) {
                    return reading.read(object(response.body()));
                }
                problem = passing(response);
                asked = retryAfter(response);
                throttled = response.statusCode() < 500;
            } catch (BrokenAnswer e) {
                problem = "its answer " + e.getMessage();
            } catch (TimeoutException | java.net.http.HttpTimeoutException e) {
                problem = "no whole answer came within " + seconds(patience.answer());
                cause = e;
            } catch (IOException e) {
                problem = "the connection broke (%s)".formatted(describe(e));
                cause = e;
            }
            if (attempt >= patience.tries()) {
                throw ConnectorException.temporary(
                        "%s did not answer %s after %d tries: %s; the next sync goes on where this one stopped"
                                .formatted(config.baseUrl(), path, attempt, problem),
                        cause);
            }
            Duration pause = asked.map(CommcareClient::bounded).orElseGet(() -> pause(retry));
            waiting.until(Instant.now().plus(pause), problem, throttled);
            Thread.sleep(pause);
        }
    }

    /// The whole answer or none: the JDK's own timeout ends with the headers.
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException, TimeoutException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
        try {
            return answer.get(patience.answer().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException(e.getCause());
        } finally {
            answer.cancel(true); // Ends the exchange when we no longer wait for it; nothing to an answer that is there.
        }
    }

    private static ObjectNode object(byte[] body) throws BrokenAnswer {
        try {
            if (Json.mapper().readTree(body) instanceof ObjectNode object) {
                return object;
            }
            throw new BrokenAnswer("is no JSON object");
        } catch (JacksonException e) {
            throw new BrokenAnswer("is not JSON, or only its beginning (%d bytes)".formatted(body.length));
        } catch (IOException e) {
            throw new AssertionError("reading from memory", e);
        }
    }

    /// What is wrong, when trying again may help.
    ///
    /// @throws ConnectorException when it does not
    private String passing(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        String said = said(response.body());
        if (status == 429) {
            return "it has had too many requests (429)";
        }
        if (status == 401 && said.contains("temporarily cut off")) {
            return "it has cut off the API for a while because of too many requests (401)";
        }
        if (status >= 500 || status == 408) {
            return "it is out of order (%d)".formatted(status);
        }
        throw switch (status) {
            case 401 -> ConnectorException.config(unauthorized(said));
            case 403 ->
                ConnectorException.config(
                        "CommCare HQ does not let this API key read the data of '%s' (403): give the user a role with"
                                        .formatted(config.projectSpace())
                                + " \"Edit Data\" and API access, and see that the key is not limited to other projects"
                                + " or addresses");
            case 404 ->
                ConnectorException.config(
                        "CommCare HQ at %s knows no project space '%s' with an application '%s' (404): check `project_space`, `app_id` and `base_url`"
                                .formatted(config.baseUrl(), config.projectSpace(), config.appId()));
            case 400 ->
                ConnectorException.config("CommCare HQ refused the request %s (400): %s"
                        .formatted(response.uri().getRawQuery(), said.isEmpty() ? "without a reason" : said));
            default ->
                ConnectorException.config(
                        "%s answered with status %d, which CommCare HQ's API does not: check `base_url`"
                                .formatted(config.baseUrl(), status));
        };
    }

    private String unauthorized(String said) {
        if (said.contains("not authorized")) {
            return "the user of this API key is not a member of project space '%s' (401): check `project_space`, or invite the user"
                    .formatted(config.projectSpace());
        }
        if (said.contains("subscription")) {
            return "the plan of project space '%s' has no API access (401): CommCare says '%s'"
                    .formatted(config.projectSpace(), said);
        }
        String form = config.apiKey().contains(":")
                ? "check `api_key`"
                : "`api_key` has no user in it, it is written as user@example.org:key";
        return "CommCare HQ does not know this user or API key (401): " + form;
    }

    /// The text of `{"error": "…"}`, else nothing: HTML pages say nothing that helps.
    private static String said(byte[] body) {
        try {
            return Json.mapper().readTree(body).path("error").asText("");
        } catch (IOException e) {
            return "";
        }
    }

    private static Optional<Duration> retryAfter(HttpResponse<?> response) {
        return response.headers().firstValue("Retry-After").flatMap(text -> {
            try {
                return Optional.of(Duration.ofSeconds(Long.parseLong(text.strip())));
            } catch (NumberFormatException notSeconds) {
                try {
                    Instant until = ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
                    Duration wait = Duration.between(Instant.now(), until);
                    return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
                } catch (DateTimeException neither) {
                    return Optional.empty();
                }
            }
        });
    }

    private static Duration bounded(Duration asked) {
        return asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
    }

    /// Between half and all of the doubled pause, so that many syncs that failed together do not return together.
    private Duration pause(int attempt) {
        long whole = Math.min(
                patience.longestPause().toMillis(), patience.firstPause().toMillis() << Math.min(attempt - 1, 20));
        return Duration.ofMillis(whole / 2 + ThreadLocalRandom.current().nextLong(whole / 2 + 1));
    }

    private URI uri(String path, Map<String, String> query) {
        StringBuilder text = new StringBuilder(api).append(path);
        char separator = '?';
        for (var parameter : query.entrySet()) {
            text.append(separator)
                    .append(encode(parameter.getKey()))
                    .append('=')
                    .append(encode(parameter.getValue()));
            separator = '&';
        }
        try {
            return URI.create(text.toString());
        } catch (IllegalArgumentException e) {
            throw ConnectorException.config("`base_url` is no address: " + config.baseUrl());
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String describe(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /// The status says all is well, the body does not.
    private static final class BrokenAnswer extends Exception {
        BrokenAnswer(String message) {
            super(message);
        }
    }
}
