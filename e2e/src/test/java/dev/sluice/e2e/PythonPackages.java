package dev.sluice.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Packages that are installed together, for one version of Python, into a directory of their own in the user's
/// cache: once on a machine, which needs the network. Tests take them from there.
///
/// @param name with the version, what the cache has them under
/// @param requirements as pip takes them
/// @param fromSource those among them or their dependencies that are published as source only
/// @param alone one more, none of whose own requirements is looked at; or empty
record PythonPackages(String name, List<String> requirements, List<String> fromSource, String alone) {
    static PythonPackages of(String... requirements) {
        return new PythonPackages(requirements[0].replace("==", "-"), List.of(requirements), List.of(), "");
    }

    PythonPackages fromSource(String... names) {
        return new PythonPackages(name, requirements, List.of(names), alone);
    }

    PythonPackages withoutItsRequirements(String requirement) {
        return new PythonPackages(requirement.replace("==", "-"), requirements, fromSource, requirement);
    }

    /// The version of the Python of this machine, as `3.11`.
    static String here() {
        return Program.run("python3", "-c", "import sys; print('%d.%d' % (sys.version_info[0], sys.version_info[1]))")
                .strip();
    }

    /// The directory for `PYTHONPATH`; what else belongs to these packages may lie beside it.
    Path installed(String python) {
        // Other requirements, other directory.
        String key = "%s-%08x".formatted(name, List.of(requirements, fromSource).hashCode());
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "sluice-e2e", key);
        Path packages = cache.resolve("packages-" + python);
        synchronized (PythonPackages.class) {
            if (!Files.isDirectory(packages)) {
                install(python, cache, packages);
            }
        }
        return packages;
    }

    private void install(String python, Path cache, Path packages) {
        System.err.printf("installing %s from the Python package registry, once on this machine…%n", name);
        long begin = System.nanoTime();
        try {
            Files.createDirectories(cache);
            Path unfinished = Files.createTempDirectory(cache, "installing-");
            Path venv = unfinished.resolve("venv");
            Program.run("python3", "-m", "venv", venv.toString());
            // Packages for another Python than this machine's can be taken from the registry, but not made.
            Path wheels = unfinished.resolve("wheels");
            for (String source : fromSource) {
                pip(venv, "wheel", List.of("--no-deps", "--wheel-dir=" + wheels, source));
            }
            // Compiled where this machine's Python can: one that writes no bytecode would do it at each start again.
            List<String> arguments = new ArrayList<>(List.of(
                    python.equals(here()) ? "--compile" : "--no-compile",
                    "--only-binary=:all:",
                    "--python-version=" + python,
                    "--target=" + unfinished.resolve("packages")));
            if (!fromSource.isEmpty()) {
                arguments.add("--find-links=" + wheels);
            }
            pip(
                    venv,
                    "install",
                    Stream.concat(arguments.stream(), requirements.stream()).toList());
            if (!alone.isEmpty()) {
                // Its scripts come in place of the others'.
                pip(
                        venv,
                        "install",
                        Stream.concat(arguments.stream(), Stream.of("--no-deps", "--upgrade", alone))
                                .toList());
            }
            // Renamed when it is whole: an installation that is interrupted is not taken for one.
            try {
                Files.move(unfinished.resolve("packages"), packages, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException e) {
                if (!Files.isDirectory(packages)) {
                    throw e;
                }
                // Another build on this machine was faster.
            }
            Program.run("rm", "-rf", unfinished.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.err.printf("installed %s in %d s%n", name, (System.nanoTime() - begin) / 1_000_000_000);
    }

    private void pip(Path venv, String verb, List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of(venv.resolve("bin/pip").toString(), verb, "--disable-pip-version-check", "--no-input"));
        command.addAll(arguments);
        try {
            Program.run(command.toArray(String[]::new));
        } catch (AssertionError e) {
            throw new AssertionError("""
                    %s is not on this machine and was not installed: pip's reason is in the lines below. If the \
                    Python package registry cannot be reached from here, tell pip of one that can (`pip config`), or \
                    copy ~/.cache/sluice-e2e from a machine that has it; then run the test again.
                    %s""".formatted(name, tail(e.getMessage())), e);
        }
    }

    private static String tail(String text) {
        List<String> lines = text.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    }
}
