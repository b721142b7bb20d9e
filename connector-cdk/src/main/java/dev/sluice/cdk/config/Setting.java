package dev.sluice.cdk.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Describes a setting: a component of a configuration record.
///
/// Its JSON name is the component's in snake case. It is required unless it is an `Optional`, a `List`, or has
/// a [#defaultValue]. Types: `String`, `boolean`, `int`, `long`, enums (spelled by `@JsonProperty`),
/// `List<String>`, another record, a sealed interface of records (one of several, told apart by the property
/// that Jackson's `@JsonTypeInfo` names), and `Optional` of these.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    String title() default "";

    String description() default "";

    /// Place among its siblings in a form; -1 leaves it to the order of the components.
    int order() default -1;

    /// Masked in logs, stored apart by those who store configurations.
    boolean secret() default false;

    /// As JSON, for example `5432`, `true` or `"public"`; empty for none.
    String defaultValue() default "";

    /// As JSON values.
    String[] examples() default {};

    /// Regular expression (ECMA 262) a text must match.
    String pattern() default "";

    /// What the pattern means, for people.
    String patternDescriptor() default "";

    /// `date-time` and the like.
    String format() default "";

    long minimum() default Long.MIN_VALUE;

    long maximum() default Long.MAX_VALUE;

    boolean multiline() default false;

    boolean alwaysShow() default false;

    /// Section of the form.
    String group() default "";

    /// Environment variables that stand in when the setting is absent, first come first served; written to
    /// the spec as `x-sluice-env`, read by the runner, unknown to everyone else.
    String[] env() default {};
}
