package dev.tollbar.console;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Who may do what over the admin API. */
public enum Role {
  VIEWER(Permission.READ),
  APPROVER(Permission.READ, Permission.DECIDE),
  POLICY_MANAGER(Permission.READ, Permission.CHANGE_POLICY),
  ADMIN(Permission.values());

  @SuppressWarnings("ImmutableEnumChecker") // Set.of is
  private final Set<Permission> permissions;

  private final String wire = name().toLowerCase(Locale.ROOT);

  Role(Permission... permissions) {
    this.permissions = Set.of(permissions);
  }

  /** As tokens, messages and the API say it. */
  public String wire() {
    return wire;
  }

  public boolean may(Permission permission) {
    return permissions.contains(permission);
  }

  public static Optional<Role> of(String wire) {
    return Arrays.stream(values()).filter(role -> role.wire.equals(wire)).findFirst();
  }

  /** All of them, as messages list them. */
  public static String all() {
    return String.join(", ", Arrays.stream(values()).map(Role::wire).toList());
  }

  /** Those that may do something. */
  static List<String> with(Permission permission) {
    return Arrays.stream(values()).filter(role -> role.may(permission)).map(Role::wire).toList();
  }
}
