package dev.sluice.cdk.testing;

import static org.assertj.core.api.Assertions.fail;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/// Calls single tests of a contract, to show that they fail where they should.
final class Proof {
    private Proof() {}

    /// The names of a contract's tests; a test of awkward rows once for each file, as `test(file)`.
    static Set<String> tests(Class<?> contract) {
        Set<String> tests = new TreeSet<>();
        for (Method method : contract.getMethods()) {
            if (method.isAnnotationPresent(Test.class)) {
                tests.add(method.getName());
            } else if (method.isAnnotationPresent(ParameterizedTest.class)) {
                AwkwardStream.files().forEach(file -> tests.add("%s(%s)".formatted(method.getName(), file)));
            }
        }
        return tests;
    }

    static void assertFails(ConnectorContract contract, String test) throws Throwable {
        try {
            run(contract, test);
        } catch (AssertionError e) {
            return;
        }
        fail("%s passes", test);
    }

    private static void run(ConnectorContract contract, String test) throws Throwable {
        String name = test.replaceAll("\\(.*", "");
        String file = test.replaceAll("[^(]*\\(?([^)]*).*", "$1");
        try {
            for (Method method : contract.getClass().getMethods()) {
                if (method.isAnnotationPresent(BeforeEach.class)) {
                    method.invoke(contract);
                }
            }
            Method method = Arrays.stream(contract.getClass().getMethods())
                    .filter(candidate -> candidate.getName().equals(name) && !candidate.isBridge())
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no test " + name));
            method.setAccessible(true);
            if (file.isEmpty()) {
                method.invoke(contract);
            } else {
                method.invoke(contract, file);
            }
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
