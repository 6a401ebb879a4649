package dev.tollbar.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A config key whose value may change without making another rule of it: after such a change the
 * rule goes on with the {@link Counters} that it had. For the height of a limit, say, so that
 * lowering it gives nobody a fresh budget.
 *
 * <p>What a rule without an {@code id} is, and so whose counters it has, is decided by the entry
 * that it stands in and by its other keys; not by its place in a list.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Tunable {}
