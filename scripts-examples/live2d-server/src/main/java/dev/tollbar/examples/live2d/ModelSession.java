package dev.tollbar.examples.live2d;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How far one model is. Guarded by the {@link Studio}. */
final class ModelSession {

  /** What has been made; the words stand in messages. */
  enum Step {
    PARTS("parts", "analyze_parts_with_ai"),
    FACE("face features", "detect_face_features"),
    MASKS("masks", "segment_detected_parts"),
    LAYERS("layers", "generate_layers"),
    MESH("a mesh", "create_mesh"),
    RIG("a rig", "setup_rigging"),
    PHYSICS("physics", "configure_physics"),
    MOTIONS("motions", "generate_motions"),
    EXPORT("an export", "export_model"),
    PSD("a PSD", "build_cubism_psd"),
    PLAN("a plan", "prepare_cubism_automation");

    private final String thing;
    private final String tool;

    Step(String thing, String tool) {
      this.thing = thing;
      this.tool = tool;
    }
  }

  private final String id;
  private final String photo;
  private final Set<Step> done = EnumSet.noneOf(Step.class);
  private List<String> parts = List.of();
  private List<String> layers = List.of();
  private Optional<String> pausedDispatch = Optional.empty();

  ModelSession(String id, String photo) {
    this.id = id;
    this.photo = photo;
  }

  String id() {
    return id;
  }

  String photo() {
    return photo;
  }

  boolean has(Step step) {
    return done.contains(step);
  }

  void did(Step step) {
    done.add(step);
  }

  void needs(Step step) {
    if (!has(step)) {
      throw new UnusableCallException(
          "%s has no %s yet; call %s first."
              .formatted(id, step.thing.replaceFirst("^an? ", ""), step.tool));
    }
  }

  List<String> parts() {
    return parts;
  }

  void parts(List<String> found) {
    parts = found;
  }

  List<String> layers() {
    return layers;
  }

  void layers(List<String> made) {
    layers = made;
  }

  Optional<String> pausedDispatch() {
    return pausedDispatch;
  }

  void pausedDispatch(Optional<String> dispatch) {
    pausedDispatch = dispatch;
  }
}
