package dev.sluice.cdk;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A connector's command line: a command, then `--option file` in any order. Parsed by hand, because a library
/// would cost every start more than all the rest of it.
record Arguments(String command, Map<String, Path> files) {

    static final class UsageException extends Exception {
        UsageException(String message) {
            super(message);
        }
    }

    /// @param commands each command with its options; an optional one ends with `?`
    static Arguments parse(Map<String, Set<String>> commands, String[] args) throws UsageException {
        if (args.length == 0 || !commands.containsKey(args[0])) {
            String given = args.length == 0 ? "a command is missing" : "'%s' is not a command".formatted(args[0]);
            throw new UsageException(given + "; this connector knows:" + usage(commands));
        }
        Set<String> options = commands.get(args[0]);
        Map<String, Path> files = new TreeMap<>();
        for (int i = 1; i < args.length; i += 2) {
            String name = args[i].startsWith("--") ? args[i].substring(2) : "";
            String value = null;
            int equals = name.indexOf('=');
            if (equals > 0) {
                value = name.substring(equals + 1);
                name = name.substring(0, equals);
                i--;
            }
            if (!options.contains(name) && !options.contains(name + "?")) {
                throw new UsageException("%s does not take '%s'; it knows:%s"
                        .formatted(args[0], args[i + (value == null ? 0 : 1)], usage(commands)));
            }
            if (value == null) {
                if (i + 1 == args.length) {
                    throw new UsageException("--%s needs the path of a file".formatted(name));
                }
                value = args[i + 1];
            }
            files.put(name, Path.of(value));
        }
        for (String option : options) {
            if (!option.endsWith("?") && !files.containsKey(option)) {
                throw new UsageException("%s needs --%s FILE".formatted(args[0], option));
            }
        }
        return new Arguments(args[0], files);
    }

    Path file(String option) {
        return files.get(option);
    }

    Optional<Path> optionalFile(String option) {
        return Optional.ofNullable(files.get(option));
    }

    private static String usage(Map<String, Set<String>> commands) {
        StringBuilder usage = new StringBuilder();
        new TreeMap<>(commands).forEach((command, options) -> {
            if (command.equals("train-aot")) {
                return; // For the build, not for people.
            }
            usage.append("\n  ").append(command);
            for (String option : new TreeSet<>(options)) {
                boolean optional = option.endsWith("?");
                String name = optional ? option.substring(0, option.length() - 1) : option;
                usage.append(optional ? " [--%s FILE]".formatted(name) : " --%s FILE".formatted(name));
            }
        });
        return usage.toString();
    }
}
