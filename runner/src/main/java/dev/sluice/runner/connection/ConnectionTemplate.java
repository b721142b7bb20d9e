package dev.sluice.runner.connection;

import dev.sluice.protocol.ConnectorSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A new connection file, made from the specs of its two connectors: every setting is there, explained, and those
/// that can stay as they are stand behind a `#`.
public final class ConnectionTemplate {
    /// One side of it.
    ///
    /// @param side `source` or `destination`
    /// @param key `type` or `image`
    /// @param name what stands behind that key
    /// @param process whether it runs as a local process
    public record Side(String side, String key, String name, boolean process, ConnectorSpecification spec) {
        /// `GITHUB` for `airbyte/source-github:2.1.0`: how the names of its environment variables begin.
        String variablePrefix() {
            String last = name.substring(name.lastIndexOf('/') + 1);
            return last.replaceFirst("[:@].*", "")
                    .replaceFirst("^(source|destination)-", "")
                    .replaceAll("[^A-Za-z0-9]+", "_")
                    .toUpperCase(Locale.ROOT);
        }
    }

    private final List<String> toFill = new ArrayList<>();
    private final List<String> variables = new ArrayList<>();
    private final String text;

    /// @param file the name under which it will be saved, for the commands it mentions
    public ConnectionTemplate(String file, Side source, Side destination) {
        boolean alike = source.variablePrefix().equals(destination.variablePrefix());
        text = """
                # From %s to %s.
                #
                #   sluice validate %s    says what is missing or wrong
                #   sluice check %s       tries it on the real systems
                #   sluice sync %s        moves what is new
                #
                # A line that begins with # and a name is a setting left as it is; take the # away to set it.
                # ${NAME} is an environment variable, ${file:path} the content of a file: secrets need not stand here.

                %s
                %s
                # Streams: all, unless they are named; `sluice discover %s` lists them.
                #streams:
                #  users:
                #    mode: incremental              # or full_refresh
                #    destination_mode: append_dedup # or append, overwrite, overwrite_dedup
                #    fields: [id, name]             # these columns only
                """.formatted(
                        source.name(),
                        destination.name(),
                        file,
                        file,
                        file,
                        side(source, alike),
                        side(destination, alike),
                        file);
    }

    private String side(Side side, boolean alike) {
        StringBuilder out = new StringBuilder();
        out.append(side.side()).append(":\n");
        out.append("  %s: \"%s\"\n".formatted(side.key(), side.name()));
        if (side.process()) {
            out.append("  launch: process     # a local process; leave it out for a container of its own\n");
        } else {
            out.append(
                    "  #local: \"./data\"     # a directory that it sees as /local, for reading and writing files\n");
            out.append("  #network: bridge     # or none, host, or the name of one\n");
            out.append("  #memory: 2g          # at this much it is stopped\n");
        }
        side.spec()
                .documentationUrl()
                .ifPresent(url -> out.append("  # ").append(url).append('\n'));
        out.append("  config:\n");
        String prefix = (alike ? side.side().toUpperCase(Locale.ROOT) + "_" : "") + side.variablePrefix();
        SettingsTemplate settings = new SettingsTemplate(out, side.spec().connectionSpecification(), prefix);
        settings.write(4);
        settings.toFill().forEach(key -> toFill.add("%s.config.%s".formatted(side.side(), key)));
        variables.addAll(settings.variables());
        return out.toString();
    }

    public String text() {
        return text;
    }

    /// Keys of the settings that need a value and have none.
    public List<String> toFill() {
        return toFill;
    }

    /// Environment variables that must be set.
    public List<String> variables() {
        return variables;
    }
}
