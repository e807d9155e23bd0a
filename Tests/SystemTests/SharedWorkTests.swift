import OperatingSystem
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct `Work that is shared:` {
  enum Failure: Error { case late, abandoned }
  private typealias Work = SharedWork<Int, Failure>
  private typealias Outcome = Result<Int, Failure>

  /// Time that never passes: no limit is reached.
  private static let still = TimeSource(
    now: { 0 }, monotonic: { 0 }, sleep: { _ in try await Task.sleep(for: .seconds(3_600)) }, random: { 0 })
  /// Time that has passed as soon as it is waited for.
  private static let over = TimeSource(now: { 0 }, monotonic: { 0 }, sleep: { _ in }, random: { 0 })

  @Test func `is done once for all who wait, and landed before they are told`() async {
    let gate = Promise<Int>()
    let landed = Promise<Outcome>()
    let done = Mutex(0)
    let work = Work.begin(limit: 1, time: Self.still, late: .late) {
      done.withLock { $0 += 1 }
      return .success(await gate.wait() ?? -1)
    } landing: { _, outcome in
      #expect(landed.set(outcome))
    }
    await withTaskGroup(of: Int?.self) { group in
      for _ in 0..<20 {
        group.addTask {
          let outcome = await work.outcome()
          #expect(landed.value == .success(5))
          return try? outcome?.get()
        }
      }
      gate.set(5)
      for await value in group { #expect(value == 5) }
    }
    #expect(done.withLock { $0 } == 1)
  }

  @Test func `lands once, whether it ends or is late at the same moment`() async {
    for _ in 0..<300 {
      let landings = Mutex(0)
      let work = Work.begin(limit: 1, time: Self.over, late: .late) {
        .success(1)
      } landing: { _, _ in
        landings.withLock { $0 += 1 }
      }
      let outcome = await work.outcome()
      #expect(outcome == .success(1) || outcome == .failure(.late))
      #expect(await work.outcome() == outcome)
      #expect(landings.withLock { $0 } == 1)
    }
  }

  @Test func `outlives a waiter that is cancelled`() async {
    let gate = Promise<Int>()
    let work = Work.begin(limit: 1, time: Self.still, late: .late) {
      .success(await gate.wait() ?? -1)
    } landing: { _, _ in
    }
    let leaving = Task { await work.outcome() }
    leaving.cancel()
    #expect(await leaving.value == nil)
    gate.set(3)
    #expect(await work.outcome() == .success(3))
  }

  @Test func `that nobody wants any more is taken back, where that was asked for`() async {
    let gate = Promise<Int>()
    let wasCancelled = Promise<Bool>()
    let work = Work.begin(limit: 1, time: Self.still, late: .late, abandoned: .abandoned) {
      let value = await gate.wait()
      wasCancelled.set(value == nil)
      return .success(value ?? -1)
    } landing: { _, _ in
    }
    let leaving = Task { await work.outcome() }
    while gate.waiterCount == 0 { await Task.yield() }
    leaving.cancel()
    #expect(await leaving.value == nil)
    #expect(await wasCancelled.wait() == true)
    #expect(await work.outcome() == .failure(.abandoned))
  }
}
