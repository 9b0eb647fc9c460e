import Database
import Kernel

/// Devices and wrong passwords.
extension AccountStore {
    func knows(_ device: [UInt8], of account: ID<Account>) throws -> Bool {
        try transaction.exists(
            "SELECT 1 FROM account_device WHERE account = \(account) AND device = \(device)")
    }

    /// Whether an account signed in from a network since a time. Networks are stored like devices, as keyed hashes.
    func knows(network: [UInt8], of account: ID<Account>, since: Int) throws -> Bool {
        try transaction.exists(
            "SELECT 1 FROM account_device WHERE account = \(account) AND device = \(network) AND seen >= \(since)")
    }

    /// Stores a device and a network, and deletes those of the account that are older than a cookie's lifetime.
    func remember(_ device: [UInt8], _ network: [UInt8], of account: ID<Account>) throws {
        let now = people.system.now()
        for place in [device, network] {
            try transaction.execute(
                """
                INSERT INTO account_device (account, device, seen) VALUES (\(account), \(place), \(now))
                ON CONFLICT (account, device) DO UPDATE SET seen = excluded.seen
                """)
        }
        try transaction.execute(
            "DELETE FROM account_device WHERE account = \(account) AND seen < \(now - 400 * LoginThrottle.day)")
    }

    func forget(devicesOf account: ID<Account>) throws {
        try transaction.execute("DELETE FROM account_device WHERE account = \(account)")
    }

    /// How many attempts of a login failed on a device or network, and the time of the last one.
    func misses(_ lookup: [UInt8], _ device: [UInt8]) throws -> (count: Int, last: Int) {
        try transaction.first(
            "SELECT misses, last FROM account_miss WHERE lookup = \(lookup) AND device = \(device)"
        ) { (try $0.int(0), try $0.int(1)) } ?? (0, 0)
    }

    func miss(_ lookup: [UInt8], _ device: [UInt8]) throws {
        let now = people.system.now()
        try transaction.execute(
            """
            INSERT INTO account_miss (lookup, device, misses, last) VALUES (\(lookup), \(device), 1, \(now))
            ON CONFLICT (lookup, device) DO UPDATE SET misses = account_miss.misses + 1, last = excluded.last
            """)
    }

    /// Sets the count of failed attempts and its time.
    func put(_ misses: Int, at time: Int, _ lookup: [UInt8], _ device: [UInt8]) throws {
        try transaction.execute(
            """
            INSERT INTO account_miss (lookup, device, misses, last)
            VALUES (\(lookup), \(device), \(misses), \(time))
            ON CONFLICT (lookup, device) DO UPDATE SET misses = excluded.misses, last = excluded.last
            """)
    }

    /// Reduces the count of failed attempts by one.
    func takeBack(_ lookup: [UInt8], _ device: [UInt8]) throws {
        try transaction.execute(
            """
            UPDATE account_miss SET misses = misses - 1
            WHERE lookup = \(lookup) AND device = \(device) AND misses > 0
            """)
    }

    /// Forgets the failed attempts on all devices and networks.
    func forgive(_ lookup: [UInt8]) throws {
        try transaction.execute("DELETE FROM account_miss WHERE lookup = \(lookup)")
    }

    /// Forgets the failed attempts of all logins of an account.
    func forgive(loginsOf account: ID<Account>) throws {
        try transaction.execute(
            """
            DELETE FROM account_miss WHERE lookup IN (SELECT lookup FROM account_login WHERE account = \(account))
            """)
    }

    func forgive(_ lookup: [UInt8], _ device: [UInt8]) throws {
        try transaction.execute("DELETE FROM account_miss WHERE lookup = \(lookup) AND device = \(device)")
    }
}
