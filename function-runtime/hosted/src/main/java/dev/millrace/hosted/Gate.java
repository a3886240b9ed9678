package dev.millrace.hosted;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Lets {@code POST /order} through and nothing else: not the other ways in which Spring Cloud
 * Function would let a caller name, compose or route functions, and no body that is too large for
 * an order.
 */
final class Gate implements Filter {
  static final int BODY_MAX = 2 << 20;

  @Override
  public void doFilter(ServletRequest any, ServletResponse answer, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest request = (HttpServletRequest) any;
    HttpServletResponse response = (HttpServletResponse) answer;
    if (!request.getRequestURI().equals("/" + HostedFunctions.ORDER)) {
      response.setStatus(HttpServletResponse.SC_NOT_FOUND);
    } else if (!request.getMethod().equals("POST")) {
      response.setHeader("Allow", "POST");
      response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    } else if (request.getContentLengthLong() < 0) {
      response.setStatus(HttpServletResponse.SC_LENGTH_REQUIRED);
    } else if (request.getContentLengthLong() > BODY_MAX) {
      response.setStatus(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
    } else if (request.getHeaderNames() != null && routes(request)) {
      response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
    } else {
      chain.doFilter(request, response);
    }
  }

  private static boolean routes(HttpServletRequest request) {
    return request.getHeader("spring.cloud.function.definition") != null
        || request.getHeader("spring.cloud.function.routing-expression") != null;
  }
}
