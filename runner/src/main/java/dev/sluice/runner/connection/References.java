package dev.sluice.runner.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `${NAME}`, `${NAME:-default}` and `${file:path}` in a text; `$${` stands for `${` itself.
final class References {
    private static final Pattern REFERENCE = Pattern.compile("\\$(\\$\\{)|\\$\\{([^}]*)}");

    private final Map<String, String> environment;
    private final Path directory;

    /// @param directory that relative paths in `${file:...}` start from
    References(Map<String, String> environment, Path directory) {
        this.environment = environment;
        this.directory = directory;
    }

    static boolean isIn(String text) {
        return text.contains("${");
    }

    /// @param problem receives the end of a sentence for each reference that cannot be resolved
    String resolve(String text, Consumer<String> problem) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String value = matcher.group(1) != null ? "${" : value(matcher.group(2), problem);
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(resolved).toString();
    }

    private String value(String reference, Consumer<String> problem) {
        if (reference.startsWith("file:")) {
            Path file = directory.resolve(reference.substring("file:".length()).strip());
            try {
                return Files.readString(file).strip();
            } catch (IOException e) {
                problem.accept("refers to the file %s, which cannot be read".formatted(file));
                return "";
            }
        }
        int fallback = reference.indexOf(":-");
        String name = fallback < 0 ? reference : reference.substring(0, fallback);
        String value = environment.get(name);
        if (value != null && !(value.isEmpty() && fallback >= 0)) {
            return value;
        }
        if (fallback >= 0) {
            return reference.substring(fallback + 2);
        }
        problem.accept("needs the environment variable %s, which is not set%s".formatted(name, near(name)));
        return "";
    }

    private String near(String name) {
        return environment.keySet().stream()
                .filter(known -> Problems.isNear(name, known))
                .findFirst()
                .map("; did you mean ${%s}?"::formatted)
                .orElse("");
    }
}
