/// The limits of every transfer, each with its reason.
package enum HTTPLimits {
  /// Bytes of one body that wait for their reader before the transfer pauses: a few network reads, no more memory than a session.
  package static let bodyBufferedMax = 256 * 1024
  /// Bytes of one response's headers: what nginx and curl allow, and far above any real reply.
  package static let headersMax = 128 * 1024
  /// Bytes kept of an error body: enough for any API's message, too little for a hostile page to matter.
  package static let errorBodyMax = 64 * 1024
  /// Milliseconds for a connection, TLS included: three losses of a packet on a slow line.
  package static let connectMax = 5_000
  /// Milliseconds without a byte before a transfer fails: the official SDK's patience, as a model may think for long.
  package static let idleMax = 600_000
  /// Milliseconds without a byte before it is told: people begin to wonder.
  package static let idleNotice = 10_000
  /// Connections kept open, those in use included: beyond it the ones unused for longest are closed, so that file
  /// descriptors are left for others after a burst.
  package static let connectionsKeptMax = 64
  /// Connections that look for their server's address at the same time: each has a thread and some descriptors of the library.
  package static let openingMax = 16
  /// Milliseconds that a transfer waits for a descriptor before it fails: with the tries that follow it is a few seconds.
  package static let descriptorWaitMs = 2_000
  /// Milliseconds after which one that waits is tried again though none was given back here: files are closed, too.
  package static let descriptorRetryMs = 100
  /// Bytes of stack for the thread that makes the transfers: TLS takes some 100 KiB, and name look-ups have their own.
  package static let threadStack = 512 * 1024
  /// Bytes of one reply that are recorded: they wait in memory until the exchange has ended.
  package static let recordedMax = 64 * 1024 * 1024
}
