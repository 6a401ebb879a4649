package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** A program that uses the admin API. */
record AdminClient(String admin, String token) {

  JsonNode get(String path) throws IOException, InterruptedException {
    return Wire.JSON.readTree(send("GET", path, "").body());
  }

  JsonNode post(String path, String body) throws IOException, InterruptedException {
    return Wire.JSON.readTree(send("POST", path, body).body());
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(admin + "/api/v1" + path))
              .header("Authorization", "Bearer " + token)
              .method(method, BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofString());
    }
  }
}
