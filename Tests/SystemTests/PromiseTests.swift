import OperatingSystem
import TestSupport
import Testing

@Suite(.hangGuard) struct `A promise:` {
  @Test func `is set once, and everybody who waits is told`() async {
    let promise = Promise<Int>()
    #expect(promise.value == nil)
    await withTaskGroup(of: Int?.self) { group in
      for _ in 0..<50 { group.addTask { await promise.wait() } }
      while promise.waiterCount < 50 { await Task.yield() }
      #expect(promise.set(1))
      #expect(!promise.set(2))
      for await value in group { #expect(value == 1) }
    }
    #expect(promise.value == 1)
    #expect(await promise.wait() == 1)
    #expect(promise.waiterCount == 0)
  }

  @Test func `a waiter that is cancelled leaves at once, and the others stay`() async {
    let promise = Promise<String>()
    let leaving = Task { await promise.wait() }
    let staying = Task { await promise.wait() }
    while promise.waiterCount < 2 { await Task.yield() }
    leaving.cancel()
    #expect(await leaving.value == nil)
    #expect(promise.waiterCount == 1)
    promise.set("told")
    #expect(await staying.value == "told")
  }

  @Test func `a task that is cancelled already waits for nothing, but is told what is there`() async {
    let promise = Promise<Int>()
    let cancelled = Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      let before = await promise.wait()
      promise.set(7)
      return (before, await promise.wait())
    }
    let (before, after) = await cancelled.value
    #expect(before == nil)
    #expect(after == 7)
  }

  @Test func `of many that set it at the same time exactly one does`() async {
    for _ in 0..<200 {
      let promise = Promise<Int>()
      let waiting = Task { await promise.wait() }
      let first = await withTaskGroup(of: Bool.self) { group in
        for number in 0..<8 { group.addTask { promise.set(number) } }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(first == 1)
      #expect(await waiting.value == promise.value)
    }
  }

  @Test func `cancellation and the value may come at the same time`() async {
    for number in 0..<500 {
      let promise = Promise<Int>()
      let waiting = Task { await promise.wait() }
      async let setting = promise.set(number)
      waiting.cancel()
      let value = await waiting.value
      #expect(value == nil || value == number)
      #expect(await setting)
    }
  }
}
