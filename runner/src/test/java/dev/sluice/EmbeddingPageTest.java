package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.runner.Workbench;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// docs/embedding.md shows code that is compiled here and run by `EmbeddingIT`.
final class EmbeddingPageTest {
    private static final Path EXAMPLE = Path.of("../examples/embedding/Embedding.java");

    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern REGION = Pattern.compile("( *// begin (.+)\n)(.*?) *// end \\2\n", Pattern.DOTALL);

    private static List<String> blocks(String page) throws IOException {
        return BLOCK.matcher(Files.readString(Path.of(page)))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static List<String> regions() throws IOException {
        return REGION.matcher(Files.readString(EXAMPLE))
                .results()
                .map(region -> region.group(3).stripTrailing().stripIndent() + "\n")
                .toList();
    }

    @Test
    void showsThePartsOfTheExampleAndNothingElse() throws IOException {
        assertThat(regions()).hasSize(6);
        assertThat(blocks("../docs/embedding.md")).containsExactlyInAnyOrderElementsOf(regions());
    }

    @Test
    void theReadmeShowsThePartOfTenLines() throws IOException {
        assertThat(blocks("../README.md")).containsExactly(regions().get(1));
    }

    @Test
    void namesTheArtifactOfThisBuild() throws IOException {
        assertThat(Files.readString(Path.of("../docs/embedding.md"))).contains("""
                  <groupId>dev.sluice</groupId>
                  <artifactId>runner</artifactId>
                  <version>%s</version>
                """.formatted(Workbench.VERSION));
    }

    @Test
    void theExampleCompiles(@TempDir Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean good = compiler.getTask(
                            said,
                            files,
                            null,
                            List.of(
                                    "-d",
                                    classes.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    "-Xlint:all,-classfile,-processing,-path",
                                    "-proc:none",
                                    "-Werror"),
                            null,
                            files.getJavaFileObjects(EXAMPLE))
                    .call();
            assertThat(good).as(said.toString()).isTrue();
        }
        try (Stream<Path> compiled = Files.list(classes)) {
            assertThat(compiled).isNotEmpty();
        }
    }
}
