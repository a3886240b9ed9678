package dev.millrace.runtime.channel;

import dev.millrace.schema.run.RunChannel;

class FakeCoordinatorTest extends RunChannelContract {
  @Override
  protected RunChannel channel() {
    return coordinator;
  }
}
