package dev.tollbar.http;

/** Answers requests to the admin API and the console. Called on many virtual threads at once. */
@FunctionalInterface
public interface AdminHandler {
  AdminReply handle(AdminRequest request);
}
