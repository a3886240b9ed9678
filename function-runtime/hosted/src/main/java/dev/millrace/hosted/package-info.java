/** The function-runtime alone, hosted by Spring Cloud Function: as a service, or in AWS Lambda. */
@NullMarked
package dev.millrace.hosted;

import org.jspecify.annotations.NullMarked;
