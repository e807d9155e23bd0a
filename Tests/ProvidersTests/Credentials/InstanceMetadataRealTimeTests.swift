import OperatingSystem
import Providers
import TestSupport
import Testing

/// Two seconds are what people were promised where there is no metadata service, so here they are measured; what the
/// search asks of its clock is in `InstanceMetadataTests`.
@Suite(.serialized, .ownThread, .hangGuard, .tags(.realTime)) struct InstanceMetadataRealTimeTests {
  private func search(_ url: String) async -> RealTime.Measurement<Result<AWSCredentials?, CredentialsError>> {
    let environment = ProcessEnvironment(["AWS_EC2_METADATA_SERVICE_ENDPOINT": url])
    let metadata = InstanceMetadata(
      MetadataEndpoint(environment: environment), transport: CurlTransport(), time: .real)
    let source = InstanceMetadataCredentials(metadata, time: .real)
    return await RealTime.measure(.seconds(2)) { await outcome(of: source) }
  }

  @Test func `a service that takes the connection and never speaks is given up`() async throws {
    let silent = try DeadPort(takesConnections: true)
    let search = await search("http://127.0.0.1:\(silent.port)")
    #expect(search.isInTime, "it took \(search.taken)")
    #expect(try search.value.get() == nil)
  }

  @Test func `a full backlog is given up`() async throws {
    let full = try FullBacklog()
    let search = await search("http://127.0.0.1:\(full.port)")
    #expect(search.isInTime, "it took \(search.taken)")
    #expect(try search.value.get() == nil)
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
  func `a service that dribbles is given up`(start: String) async throws {
    let stopped = Latch()
    let server = try LoopbackServer { _, connection in
      try connection.write(start)
      while !stopped.isOpen {
        try connection.write("x")
        try connection.pause(milliseconds: 50)
      }
    }
    defer { stopped.open() }
    let search = await search(server.url)
    #expect(search.isInTime, "it took \(search.taken)")
  }

  @Test func `a service that falls silent after its token is given up, and is an error`() async throws {
    let service = try LoopbackServer { request, connection in
      if request.method == "PUT" { return try connection.reply(200, body: Array("token".utf8)) }
      connection.waitForPeerClose()
      throw LoopbackError.closed
    }
    let search = await search(service.url)
    #expect(search.isInTime, "it took \(search.taken)")
    let failure = #expect(throws: CredentialsError.self) { try search.value.get() }
    #expect(failure?.kind == .unavailable)
  }
}
