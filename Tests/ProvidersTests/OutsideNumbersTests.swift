import Protocol
import Providers
import TestSupport
import Testing

/// Numbers of others' that are at the end of what a number can be.
@Suite struct `A number from outside` {
  @Test(arguments: [0.001, 1, 1_000]) func `lets a replay wait for a day at most`(speed: Double) async throws {
    let clock = ManualClock(.passes)
    let line = #"""
      {"request":{"method":"GET","url":"http://127.0.0.1/","digest":"d"},"response":{"status":200},"chunks":[{"ms":9223372036854775807,"text":"a"},{"ms":-9223372036854775808,"text":"b"}],"end":"complete"}
      """#
    let replay = try ReplayingTransport(
      RecordedExchange.head(match: "order") + Array(line.utf8), speed: speed, time: clock.source)
    let response = try await replay.send(HTTPRequest(method: "GET", url: "http://127.0.0.1/"))
    while try await response.body.next() != nil {}
    #expect(clock.sleeps == [86_400_000])
  }
}
