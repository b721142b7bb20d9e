package dev.sluice.runner.connection;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Collects everything wrong with a connection, so that one run shows all of it.
public final class Problems {
    private record Problem(int line, String text) {}

    private final Place place;
    private final List<Problem> found = new ArrayList<>();

    public Problems(Place place) {
        this.place = place;
    }

    /// @param line 1 is the first; 0 when it is about no line
    /// @param key where in the file, as in `source.config.api_key`
    public void add(int line, String key, String problem) {
        String at = place.file()
                .map(file -> line > 0 ? file + ":" + line + ": " : file + ": ")
                .orElse("");
        found.add(new Problem(line, key.isEmpty() ? at + problem : "%s`%s` %s".formatted(at, key, problem)));
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    List<String> texts() {
        return found.stream().map(Problem::text).distinct().toList();
    }

    public void throwIfAny() {
        if (found.isEmpty()) {
            return;
        }
        found.sort(Comparator.comparingInt(Problem::line));
        String all = String.join("\n  ", texts());
        throw new RunnerException(
                FailureType.CONFIG_ERROR,
                "config.invalid",
                "%s in the connection%s\n  %s"
                        .formatted(
                                found.size() == 1
                                        ? "there is a problem"
                                        : "there are %d problems".formatted(found.size()),
                                place.file().isPresent() ? " file" : "",
                                all),
                "",
                "");
    }

    /// `; did you mean 'x'?` for a name close to one that exists, else the list of what exists.
    public static String suggestion(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(k -> distance(name, k)))
                .filter(k -> isNear(name, k))
                .map("; did you mean '%s'?"::formatted)
                .orElse(
                        known.isEmpty()
                                ? ""
                                : "; known: "
                                        + String.join(
                                                ", ",
                                                known.stream()
                                                        .sorted()
                                                        .limit(20)
                                                        .toList()));
    }

    static boolean isNear(String name, String known) {
        return distance(name, known) <= Math.max(1, Math.min(name.length(), known.length()) / 3);
    }

    /// Edit distance, with swapped neighbours as one edit, regardless of case.
    private static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
