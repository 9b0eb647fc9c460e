import Portal

/// The features of the product. Their order is the order of schema steps and of the navigation.
package let features: [Feature] =
    Feature.core + [
        .accounts, .home, .year, .creditStatus, .roster, .logins, .imports, .upstream, .years, .figures, .jobs, .audit,
        .administration, .policies, .notices, .verification, .portalAPI, .style,
    ]
