import Glibc
import Ground

/// The thread that carries messages, gives signs of life and looks for those of others.
struct Carrier {
  let transport: any Transport
  let desk: Desk
  let patience: Double
  /// When each rank was last heard of, and what this one last told.
  private var heard: [Double]
  private var told: (signals: RankSignals, at: Double)
  private var lastStep: Double

  /// Seconds between two signs of life.
  private static let beat = 0.5

  init(transport: any Transport, desk: Desk, patience: Double) {
    self.transport = transport
    self.desk = desk
    self.patience = patience
    let now = Self.now
    heard = Array(repeating: now, count: transport.count)
    told = (RankSignals(), -.infinity)
    lastStep = now
  }

  /// Rank 0 knows all, and all know rank 0.
  private var watched: Range<Int> { transport.rank == 0 ? 1..<transport.count : 0..<1 }

  mutating func run() {
    var waited = 0
    while true {
      let didCarry = step()
      // Asked every time: messages that are gone leave their memory to the next.
      let isIdle = transport.isIdle
      if let ending = desk.ending, isIdle {
        if ending == .whole { transport.close() }
        desk.over()
        return
      }
      // Quick after something was carried, and next to no work when nothing has come for a while: what comes
      // is late by a sixteenth of what it was waited for, and by two thousandths of a second at most.
      guard !didCarry else {
        waited = 0
        continue
      }
      let pause = min(max(20, waited / 16), 2000)
      waited = min(waited + pause, 1 << 20)
      desk.waitForPost(microseconds: pause)
    }
  }

  private mutating func step() -> Bool {
    var didCarry = false
    for (rank, envelope) in desk.takeOutbox() {
      transport.send(envelope, to: rank)
      didCarry = true
    }
    let now = Self.now
    // Whoever was held himself has not listened.
    if now - lastStep > 1 { heard = heard.map { _ in now } }
    lastStep = now
    while let arrival = transport.receive(into: desk.memory) {
      switch arrival {
      case .part(let rank): heard[rank] = now
      case .whole(let rank, let envelope):
        heard[rank] = now
        take(envelope, from: rank)
      }
      didCarry = true
    }
    beat(now)
    watch(now)
    return didCarry
  }

  private func take(_ envelope: Envelope, from rank: Int) {
    let message = envelope.message
    switch envelope.kind {
    case .attending: desk.attend(envelope.number, rank: rank, .message(message))
    case .stopped: desk.attend(envelope.number, rank: rank, .end(.stopped))
    case .failed:
      desk.attend(envelope.number, rank: rank, .end(.failed(Problem(travelled: message))))
    case .report: desk.report(message.array, from: rank)
    case .gone: desk.fail(Problem(travelled: message), rank: rank)
    case .signals:
      let bytes = message.array
      desk.hear(RankSignals(isStopping: bytes.first == 1, isPaused: bytes.last == 1), from: rank)
    }
  }

  private mutating func beat(_ now: Double) {
    let signals = desk.signals
    guard now - told.at >= Self.beat || signals != told.signals else { return }
    told = (signals, now)
    let message = Message([signals.isStopping ? 1 : 0, signals.isPaused ? 1 : 0])
    for rank in watched { transport.send(Envelope(.signals, message), to: rank) }
  }

  private func watch(_ now: Double) {
    for rank in watched where now - heard[rank] > patience {
      let problem = Problem(
        "rank \(rank) of \(transport.count) does not answer any more",
        whatToDo: "Look at what its machine says of it (memory, the scheduler's log).")
      guard desk.fail(problem, rank: rank) else { continue }
      // Only rank 0 watches all.
      for other in watched where other != rank {
        transport.send(Envelope(.gone, problem.message), to: other)
      }
    }
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
