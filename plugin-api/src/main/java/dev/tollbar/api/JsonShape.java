package dev.tollbar.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The JSON Schema of a config value type that is written as something else than an object, such as
 * a number or a string. The type has a {@code public static T of(JsonNode)} that reads it and
 * throws {@link InvalidConfigException} with an empty key.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface JsonShape {
  /** A JSON Schema, as JSON text. */
  String value();
}
