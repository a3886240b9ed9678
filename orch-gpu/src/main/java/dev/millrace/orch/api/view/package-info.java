/** What the HTTP API says, as records: the shapes that its clients rely on. */
@NullMarked
package dev.millrace.orch.api.view;

import org.jspecify.annotations.NullMarked;
