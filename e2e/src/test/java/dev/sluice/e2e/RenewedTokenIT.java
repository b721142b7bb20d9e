package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A connector in a container that renews its token.
final class RenewedTokenIT {
    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    private final Seen seen = new Seen();

    /// A container that prints what it knows, renews its token and then sees its runner killed.
    @Test
    void keepsARenewedTokenOfAContainerAndShowsItNowhere() throws IOException {
        List<String> canaries = List.of("canary/5f0c", "renewed/1d8e");
        Path local = Files.createDirectory(sluice.work().resolve("local"));
        sluice.variable("CANARY", canaries.getFirst());
        sluice.write(
                "shop.yaml",
                """
                source:
                  image: "%s"
                  network: none
                  local: ./local
                  config: {token: "${CANARY}"}
                limits: {attempts: 1}
                """.formatted(talkativeImage()) + DuckdbFile.in(sluice.work()).destination("process"));
        RunningSluice sync = sluice.start("sync", "shop.yaml")
                .until("the renewed token in the state store", () -> sluice.hasStored(canaries.getLast()));
        List<Long> connectors = seen.containers(sluice);
        assertThat(connectors).isNotEmpty();
        connectors.forEach(seen::process);
        sync.kill9();
        Files.createFile(local.resolve("go"));

        seen.see("sync", sluice.run("sync", "shop.yaml").succeeds());
        Finished read = sluice.run("read", "shop.yaml").succeeds();
        assertThat(read.out()).as("what it was started with").isEqualTo("{\"id\":2}\n");
        seen.see("read", read);
        for (String verb : List.of("check", "discover")) {
            seen.see(verb, sluice.run(verb, "shop.yaml").succeeds());
        }
        seen.see("state show", sluice.run("state", "show", "shop.yaml").succeeds());
        // The one place for the renewed one, and for nothing else.
        seen.writtenFiles(sluice, text -> text.replace(canaries.getLast(), ""));
        seen.contains("as it is **** in base64 ");
        for (String canary : canaries) {
            String base64 =
                    Base64.getEncoder().encodeToString(canary.getBytes(UTF_8)).substring(0, 12);
            List.of(canary, canary.replace("/", "\\/"), canary.replace("/", "%2F"), base64)
                    .forEach(seen::containsNowhere);
        }
    }

    /// Its first record says whether its token was the renewed one. It waits for `/local/go`.
    private String talkativeImage() throws IOException {
        return Docker.image(sluice.work(), "talkative", """
                token=$(sed 's/.*"token":"\\([^"]*\\)".*/\\1/' "$3" 2>/dev/null)
                say() {
                  text="as it is $1 in base64 $(printf %s "$1" | base64) in a URL $(echo "$1" | sed 's#/#%2F#')"
                  echo "$text"
                  echo "{\\"type\\":\\"LOG\\",\\"log\\":{\\"level\\":\\"WARN\\",\\"message\\":\\"$text\\",\\"stack_trace\\":\\"$text\\"}}"
                  echo "{\\"type\\":\\"TRACE\\",\\"trace\\":{\\"type\\":\\"ERROR\\",\\"emitted_at\\":1,\\"error\\":{\\"message\\":\\"$text\\",\\"stack_trace\\":\\"$text\\"}}}"
                  echo "{\\"type\\":\\"NEW\\",\\"text\\":\\"$1\\"}" | sed 's#/#\\\\/#g'
                }
                [ "$1" = spec ] || { say "$token"; say "$token" >&2; }
                case $1 in
                spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object","properties":{"token":{"type":"string","airbyte_secret":true}}}}}' ;;
                check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}' ;;
                discover) echo '{"type":"CATALOG","catalog":{"streams":[{"name":"s","json_schema":{"type":"object","properties":{"id":{"type":"integer"}}},"supported_sync_modes":["full_refresh"]}]}}' ;;
                read)
                  echo '{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":1,"connectorConfig":{"config":{"token":"renewed/1d8e"}}}}'
                  say renewed/1d8e
                  until [ -e /local/go ]; do sleep 0.1; done
                  case $token in renewed*) id=2 ;; *) id=1 ;; esac
                  echo "{\\"type\\":\\"RECORD\\",\\"record\\":{\\"stream\\":\\"s\\",\\"data\\":{\\"id\\":$id},\\"emitted_at\\":1}}" ;;
                esac
                """);
    }
}
