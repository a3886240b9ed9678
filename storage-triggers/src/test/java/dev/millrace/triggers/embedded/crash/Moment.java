package dev.millrace.triggers.embedded.crash;

/** Where a request is, as its client sees it. */
enum Moment {
  IDLE("nothing"),
  PUT_BODY("PUT, in the middle of its body"),
  PUT_ANSWER("PUT, between body and answer"),
  COPY("copy"),
  DELETE("delete"),
  PART_BODY("part, in the middle of its body"),
  PART_ANSWER("part, between body and answer"),
  COMPLETE("completion"),
  OTHER("the start of an upload");

  private final String text;

  Moment(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
