package dev.tollbar.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value of a config key that is left out, as JSON: {@code @Default("15")},
 * {@code @Default("\"30s\"")}. A component without it is required, unless it is an {@code
 * Optional}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  /** The value, as JSON text. */
  String value();
}
