package dev.millrace.hosted;

import org.springframework.cloud.function.adapter.aws.FunctionInvoker;

/** The handler that AWS Lambda is told of: {@code dev.millrace.hosted.LambdaHandler}. */
public final class LambdaHandler extends FunctionInvoker {
  static {
    // Which class holds the functions; what the variable of that name says goes first.
    if (System.getenv("MAIN_CLASS") == null) {
      System.setProperty("MAIN_CLASS", HostedFunctions.class.getName());
    }
  }

  /** Starts the host; what is wrong with its settings is an error of initialisation. */
  public LambdaHandler() {
    super(HostedFunctions.ORDER);
  }
}
