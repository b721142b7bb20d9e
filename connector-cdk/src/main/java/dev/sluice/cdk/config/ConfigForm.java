package dev.sluice.cdk.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Describes a configuration record, or one choice of a sealed interface, as a whole.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ConfigForm {
    String title() default "";

    String description() default "";

    /// Sections of the form as `id=Title`, in order.
    String[] groups() default {};
}
