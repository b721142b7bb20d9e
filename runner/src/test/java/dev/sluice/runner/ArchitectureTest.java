package dev.sluice.runner;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import dev.sluice.runner.sync.StreamProgress;
import dev.sluice.runner.sync.SyncReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Which package may know which.
final class ArchitectureTest {
    private static final String ROOT = "dev.sluice.runner";

    /// What a program uses that has Sluice as a library.
    private static final String LIBRARY = "dev.sluice";

    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(Path.of("target/classes"));

    /// What each package may use of the others; whoever is not here may use all.
    private static final Map<String, List<String>> MAY_USE = Map.of(
            "launch", List.of(),
            "launch.docker", List.of("launch"),
            "launch.process", List.of("launch"),
            "state", List.of(),
            "store", List.of("state"),
            "operation", List.of("launch", "connection"),
            "connection", List.of("launch", "state"),
            "sync", List.of("launch", "state", "connection", "operation"));

    @Test
    void eachPackageUsesOnlyWhatItMay() {
        MAY_USE.forEach((name, others) -> {
            List<String> allowed = new ArrayList<>(others);
            allowed.add(name);
            String[] packages =
                    allowed.stream().map(other -> ROOT + "." + other).toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(ROOT + "." + name)
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(packages)
                            .or(not(resideInAnyPackage(ROOT + "..")))
                            .or(belongToAnyOf(RunnerException.class, RunLog.class, SecretMask.class)))
                    .because("the arrows between the packages are how this code is read")
                    .check(CLASSES);
        });
    }

    @Test
    void everyPackageHasItsPlace() {
        assertThat(CLASSES.stream()
                        .map(type -> type.getPackageName())
                        .filter(name -> !name.equals(ROOT) && !name.equals(ROOT + ".cli") && !name.equals(LIBRARY))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(
                        MAY_USE.keySet().stream().map(name -> ROOT + "." + name).toList());
    }

    @Test
    void onlyTheWorkbenchAndTheCommandLineChooseImplementations() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".launch.docker", ROOT + ".launch.process", ROOT + ".store")
                .and()
                .doNotBelongToAnyOf(Workbench.class)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".launch.docker", ROOT + ".launch.process", ROOT + ".store")
                .check(CLASSES);
    }

    @Test
    void theLibraryAndTheCommandLineDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(LIBRARY)
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(LIBRARY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".cli")
                .check(CLASSES);
    }

    /// What a program has in its hands cannot be changed at will.
    @Test
    void theLibraryShowsOnlyWhatIsPublic() {
        List<JavaClass> shown = CLASSES.stream()
                .filter(type -> type.getPackageName().equals(LIBRARY)
                        && type.getModifiers().contains(JavaModifier.PUBLIC))
                .toList();
        assertThat(shown)
                .extracting(type -> type.getName().substring(LIBRARY.length() + 1))
                .containsExactlyInAnyOrder(
                        "Sluice",
                        "Sluice$Builder",
                        "Connector",
                        "Source",
                        "Destination",
                        "Selection",
                        "Records",
                        "SyncListener");
        List<Class<?>> shownElsewhere =
                List.of(RunnerException.class, RunLog.class, SyncReport.class, StreamProgress.class);
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat(belongToAnyOf(shownElsewhere.toArray(Class[]::new))
                        .or(DescribedPredicate.describe("are in the library", shown::contains)))
                .should(ArchCondition.from(DescribedPredicate.describe(
                        "show only what is public",
                        method -> Stream.concat(
                                        method.getReturnType().getAllInvolvedRawTypes().stream(),
                                        method.getParameterTypes().stream()
                                                .flatMap(type -> type.getAllInvolvedRawTypes().stream()))
                                .map(JavaClass::getBaseComponentType)
                                .allMatch(type -> type.isPrimitive()
                                        || shown.contains(type)
                                        || shownElsewhere.stream().anyMatch(type::isEquivalentTo)
                                        || type.getPackageName().matches("java\\..*|dev\\.sluice\\.protocol")
                                        || type.getPackageName().startsWith("com.fasterxml.jackson.databind")))))
                .check(CLASSES);
    }

    @Test
    void librariesStayWhereTheyBelong() {
        only("launch.docker", "com.github.dockerjava..");
        only("cli", "picocli..");
        only("store", "java.sql..", "javax.sql..", "org.flywaydb..", "org.sqlite..", "org.postgresql..");
        only("connection", "org.snakeyaml..", "com.networknt..");
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.sluice.cdk..")
                .check(CLASSES);
    }

    private static void only(String owner, String... libraries) {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "." + owner)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .check(CLASSES);
    }

    @Test
    void thereAreNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /// The command line may: in examples, and where it is rehearsed.
    @Test
    void noCodeKnowsAConnectorByItsName() throws IOException {
        List<String> names;
        try (var folders = Files.list(Path.of("../connectors"))) {
            names = folders.map(folder -> folder.getFileName().toString())
                    .filter(name -> name.matches("(source|destination)-.+"))
                    .toList();
        }
        assertThat(names).isNotEmpty();
        List<String> patterns = new ArrayList<>(names);
        names.forEach(name -> patterns.add("\"" + name.substring(name.indexOf('-') + 1) + "\""));
        Pattern any = Pattern.compile(String.join("|", patterns));
        try (var files = Files.walk(Path.of("src/main/java"))) {
            assertThat(files.filter(Files::isRegularFile)
                            .filter(file -> !file.toString().contains("/cli/")))
                    .allSatisfy(file -> assertThat(
                                    any.matcher(Files.readString(file)).results())
                            .as(file.toString())
                            .isEmpty());
        }
    }
}
