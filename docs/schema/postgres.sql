-- state-change-1
CREATE TABLE state_change (
    number   BIGINT NOT NULL PRIMARY KEY,
    kind     TEXT COLLATE "C" NOT NULL,
    subject  TEXT COLLATE "C" NOT NULL,
    value    TEXT COLLATE "C" NOT NULL,
    previous bytea NOT NULL,
    changed  BIGINT NOT NULL,
    mac      bytea NOT NULL
);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER state_change_append BEFORE UPDATE OR DELETE ON state_change FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER state_change_whole BEFORE TRUNCATE ON state_change FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- numbers-1
CREATE TABLE number_range (
    kind TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL CONSTRAINT number_range_positive CHECK (next > 0)
);

CREATE TABLE key_ring (
    one         BIGINT NOT NULL PRIMARY KEY CONSTRAINT key_ring_one CHECK (one = 1),
    fingerprint bytea NOT NULL
);

-- clock-1
CREATE TABLE clock_mark (
    one    BIGINT NOT NULL PRIMARY KEY CONSTRAINT clock_mark_one CHECK (one = 1),
    newest BIGINT NOT NULL
);

-- region-1
CREATE TABLE region (
    code TEXT COLLATE "C" NOT NULL PRIMARY KEY CONSTRAINT region_code CHECK (length(code) IN (6, 9)),
    name TEXT COLLATE "C" NOT NULL CONSTRAINT region_name CHECK (name <> '')
);

-- organisation-1
CREATE TABLE organisation (
    number   BIGINT NOT NULL PRIMARY KEY,
    name     TEXT COLLATE "C" NOT NULL CONSTRAINT organisation_name CHECK (name <> ''),
    role     TEXT COLLATE "C" NOT NULL CONSTRAINT organisation_role CHECK (role IN ('authority', 'employer', 'agency')),
    uscc     TEXT COLLATE "C" CONSTRAINT organisation_uscc UNIQUE,
    nature   TEXT COLLATE "C" NOT NULL,
    region   TEXT COLLATE "C" NOT NULL REFERENCES region (code),
    upstream BIGINT REFERENCES organisation (number),
    CONSTRAINT organisation_not_above_itself CHECK (upstream <> number)
);

CREATE UNIQUE INDEX organisation_by_name ON organisation (region, name);

CREATE INDEX organisation_by_upstream ON organisation (upstream);

-- person-1
CREATE TABLE person (
    number       BIGINT NOT NULL PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL CONSTRAINT person_name CHECK (name <> ''),
    id_sealed    bytea NOT NULL,
    id_lookup    bytea NOT NULL CONSTRAINT person_id UNIQUE,
    phone_sealed bytea,
    alias        BIGINT REFERENCES person (number),
    CONSTRAINT person_not_own_alias CHECK (alias <> number)
);

CREATE INDEX person_by_alias ON person (alias);

CREATE INDEX person_by_name ON person (name);

CREATE TABLE person_merge (
    person  BIGINT NOT NULL REFERENCES person (number),
    turn    BIGINT NOT NULL,
    target  BIGINT REFERENCES person (number),
    reason  TEXT COLLATE "C" NOT NULL CONSTRAINT person_merge_reason CHECK (reason <> ''),
    decided BIGINT NOT NULL,
    PRIMARY KEY (person, turn)
);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER person_merge_append BEFORE UPDATE OR DELETE ON person_merge FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER person_merge_whole BEFORE TRUNCATE ON person_merge FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- person-2
CREATE INDEX person_merge_by_target ON person_merge (target);

-- employment-1
CREATE TABLE employment (
    person       BIGINT NOT NULL REFERENCES person (number),
    turn         BIGINT NOT NULL,
    organisation BIGINT NOT NULL REFERENCES organisation (number),
    relation     TEXT COLLATE "C" NOT NULL,
    from_day     TEXT COLLATE "C" NOT NULL,
    to_day       TEXT COLLATE "C" NOT NULL,
    learned      BIGINT NOT NULL,
    replaces     BIGINT,
    PRIMARY KEY (person, turn),
    CONSTRAINT employment_once UNIQUE (person, replaces),
    CONSTRAINT employment_days CHECK (from_day <= to_day)
);

CREATE INDEX employment_by_organisation ON employment (organisation, person);

CREATE TABLE person_fact (
    person   BIGINT NOT NULL REFERENCES person (number),
    turn     BIGINT NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    value    TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    to_day   TEXT COLLATE "C" NOT NULL,
    learned  BIGINT NOT NULL,
    replaces BIGINT,
    PRIMARY KEY (person, turn),
    CONSTRAINT person_fact_once UNIQUE (person, replaces),
    CONSTRAINT person_fact_days CHECK (from_day <= to_day)
);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER employment_append BEFORE UPDATE OR DELETE ON employment FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER employment_whole BEFORE TRUNCATE ON employment FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER person_fact_append BEFORE UPDATE OR DELETE ON person_fact FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER person_fact_whole BEFORE TRUNCATE ON person_fact FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- employment-2
CREATE INDEX person_fact_by_value ON person_fact (name, value, person);

-- account-1
CREATE TABLE account (
    number   BIGINT NOT NULL PRIMARY KEY,
    name     TEXT COLLATE "C" NOT NULL CONSTRAINT account_name CHECK (name <> ''),
    person   BIGINT CONSTRAINT account_person UNIQUE REFERENCES person (number),
    password bytea NOT NULL,
    first    BIGINT NOT NULL CONSTRAINT account_first CHECK (first IN (0, 1)),
    demo     BIGINT NOT NULL CONSTRAINT account_demo CHECK (demo IN (0, 1)),
    created  BIGINT NOT NULL
);

CREATE TABLE account_login (
    lookup  bytea NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL REFERENCES account (number)
);

CREATE TABLE account_role (
    account      BIGINT NOT NULL REFERENCES account (number),
    role         TEXT COLLATE "C" NOT NULL,
    organisation BIGINT REFERENCES organisation (number),
    granted      BIGINT NOT NULL
);

CREATE UNIQUE INDEX account_role_once ON account_role (account, role, coalesce(organisation, 0));

CREATE TABLE account_session (
    token        bytea NOT NULL PRIMARY KEY,
    account      BIGINT NOT NULL REFERENCES account (number),
    role         TEXT COLLATE "C" NOT NULL,
    organisation BIGINT REFERENCES organisation (number),
    begun        BIGINT NOT NULL,
    seen         BIGINT NOT NULL
);

CREATE INDEX account_session_by_account ON account_session (account);

CREATE INDEX account_session_by_seen ON account_session (seen);

CREATE TABLE account_device (
    account BIGINT NOT NULL REFERENCES account (number),
    device  bytea NOT NULL,
    seen    BIGINT NOT NULL,
    PRIMARY KEY (account, device)
);

CREATE TABLE account_miss (
    lookup bytea NOT NULL,
    device bytea NOT NULL,
    misses BIGINT NOT NULL,
    last   BIGINT NOT NULL,
    PRIMARY KEY (lookup, device)
);

CREATE INDEX account_miss_by_last ON account_miss (last);

-- session-device-1
ALTER TABLE account_session ADD COLUMN device bytea;

CREATE INDEX account_session_by_device ON account_session (device);

-- token-1
CREATE TABLE api_token (
    hash        bytea NOT NULL PRIMARY KEY,
    name        TEXT COLLATE "C" NOT NULL CONSTRAINT api_token_name CHECK (name <> ''),
    account     BIGINT NOT NULL REFERENCES account (number),
    role        TEXT COLLATE "C" NOT NULL,
    permissions TEXT COLLATE "C" NOT NULL,
    created     BIGINT NOT NULL,
    expires     BIGINT NOT NULL,
    ended       BIGINT
);

CREATE INDEX api_token_by_account ON api_token (account);

-- notice-1
CREATE TABLE notice (
    number    BIGINT NOT NULL PRIMARY KEY,
    title     TEXT COLLATE "C" NOT NULL CONSTRAINT notice_title CHECK (title <> ''),
    body      TEXT COLLATE "C" NOT NULL CONSTRAINT notice_body CHECK (body <> ''),
    published BIGINT NOT NULL,
    account   BIGINT NOT NULL REFERENCES account (number)
);

CREATE TABLE notice_withdrawal (
    notice    BIGINT NOT NULL PRIMARY KEY REFERENCES notice (number),
    reason    TEXT COLLATE "C" NOT NULL CONSTRAINT notice_withdrawal_reason CHECK (reason <> ''),
    withdrawn BIGINT NOT NULL,
    account   BIGINT NOT NULL REFERENCES account (number)
);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER notice_append BEFORE UPDATE OR DELETE ON notice FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER notice_whole BEFORE TRUNCATE ON notice FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER notice_withdrawal_append BEFORE UPDATE OR DELETE ON notice_withdrawal FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER notice_withdrawal_whole BEFORE TRUNCATE ON notice_withdrawal FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- people-row-codes-1
ALTER TABLE region ADD COLUMN mac bytea;

ALTER TABLE organisation ADD COLUMN mac bytea;

ALTER TABLE person ADD COLUMN mac bytea;

ALTER TABLE person_merge ADD COLUMN mac bytea;

ALTER TABLE employment ADD COLUMN mac bytea;

ALTER TABLE person_fact ADD COLUMN mac bytea;

ALTER TABLE account ADD COLUMN mac bytea;

ALTER TABLE account_login ADD COLUMN mac bytea;

ALTER TABLE account_role ADD COLUMN mac bytea;

ALTER TABLE account_session ADD COLUMN mac bytea;

ALTER TABLE api_token ADD COLUMN mac bytea;

-- audit-1
CREATE TABLE audit_chain (
    chain   TEXT COLLATE "C" NOT NULL PRIMARY KEY CONSTRAINT audit_chain_name CHECK (chain <> ''),
    records BIGINT NOT NULL CONSTRAINT audit_chain_records CHECK (records > 0),
    time    BIGINT NOT NULL,
    head    bytea NOT NULL,
    mac     bytea NOT NULL
);

CREATE TABLE audit_record (
    chain        TEXT COLLATE "C" NOT NULL CONSTRAINT audit_record_chain CHECK (chain <> ''),
    number       BIGINT NOT NULL CONSTRAINT audit_record_number CHECK (number > 0),
    time         BIGINT NOT NULL,
    account      BIGINT,
    role         TEXT COLLATE "C" NOT NULL,
    organisation BIGINT,
    address      TEXT COLLATE "C" NOT NULL,
    act          TEXT COLLATE "C" NOT NULL CONSTRAINT audit_record_act CHECK (act <> ''),
    object_kind  TEXT COLLATE "C" NOT NULL,
    object       TEXT COLLATE "C" NOT NULL,
    person       BIGINT,
    result       TEXT COLLATE "C" NOT NULL CONSTRAINT audit_record_result CHECK (result <> ''),
    detail       TEXT COLLATE "C" NOT NULL,
    mac          bytea NOT NULL,
    PRIMARY KEY (chain, number)
);

CREATE INDEX audit_record_by_time ON audit_record (time, chain, number);

CREATE INDEX audit_record_by_act ON audit_record (act, time, chain, number);

CREATE INDEX audit_record_by_person ON audit_record (person, time, chain, number) WHERE person IS NOT NULL;

CREATE INDEX audit_record_refused ON audit_record (time, chain, number) WHERE result <> 'done';
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER audit_record_append BEFORE UPDATE OR DELETE ON audit_record FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_record_whole BEFORE TRUNCATE ON audit_record FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- audit-2
CREATE INDEX audit_record_by_object ON audit_record (object_kind, object, time, chain, number);

-- audit-3
CREATE TABLE act_position (
    subscription TEXT COLLATE "C" NOT NULL,
    chain        TEXT COLLATE "C" NOT NULL,
    number       BIGINT NOT NULL CONSTRAINT act_position_number CHECK (number >= 0),
    PRIMARY KEY (subscription, chain)
);

-- upstream-1
CREATE TABLE upstream_request (
    number       BIGINT NOT NULL PRIMARY KEY,
    kind         TEXT COLLATE "C" NOT NULL CONSTRAINT upstream_request_kind
                 CHECK (kind IN ('transfer', 'period', 'authors')),
    person       BIGINT NOT NULL REFERENCES person (number),
    organisation BIGINT NOT NULL REFERENCES organisation (number),
    account      BIGINT NOT NULL REFERENCES account (number),
    other        BIGINT REFERENCES organisation (number),
    wanted       TEXT COLLATE "C" NOT NULL,
    asked        BIGINT NOT NULL,
    mac          bytea NOT NULL
);

CREATE INDEX upstream_request_by_organisation ON upstream_request (organisation, asked);

CREATE INDEX upstream_request_by_person ON upstream_request (person);

CREATE TABLE upstream_answer (
    request  BIGINT NOT NULL PRIMARY KEY REFERENCES upstream_request (number),
    done     BIGINT NOT NULL CONSTRAINT upstream_answer_done CHECK (done IN (0, 1)),
    reason   TEXT COLLATE "C" NOT NULL CONSTRAINT upstream_answer_reason CHECK (done = 1 OR reason <> ''),
    account  BIGINT NOT NULL REFERENCES account (number),
    answered BIGINT NOT NULL,
    mac      bytea NOT NULL
);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER upstream_request_append BEFORE UPDATE OR DELETE ON upstream_request FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER upstream_request_whole BEFORE TRUNCATE ON upstream_request FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER upstream_answer_append BEFORE UPDATE OR DELETE ON upstream_answer FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER upstream_answer_whole BEFORE TRUNCATE ON upstream_answer FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- upstream-2
CREATE TABLE upstream_waiting (
    request BIGINT NOT NULL PRIMARY KEY REFERENCES upstream_request (number)
);

INSERT INTO upstream_waiting (request)
SELECT r.number FROM upstream_request r
WHERE NOT EXISTS (SELECT 1 FROM upstream_answer a WHERE a.request = r.number);

-- password-reset-1
CREATE TABLE password_reset (
    account      BIGINT NOT NULL REFERENCES account (number),
    turn         BIGINT NOT NULL,
    by_account   BIGINT NOT NULL REFERENCES account (number),
    organisation BIGINT REFERENCES organisation (number),
    reason       TEXT COLLATE "C" NOT NULL CONSTRAINT password_reset_reason CHECK (reason <> ''),
    given        BIGINT NOT NULL,
    PRIMARY KEY (account, turn)
);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER password_reset_append BEFORE UPDATE OR DELETE ON password_reset FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER password_reset_whole BEFORE TRUNCATE ON password_reset FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- people-row-codes-2
ALTER TABLE notice ADD COLUMN mac bytea;

ALTER TABLE notice_withdrawal ADD COLUMN mac bytea;

ALTER TABLE password_reset ADD COLUMN mac bytea;

-- organisation-4
ALTER TABLE organisation ADD COLUMN jurisdiction TEXT COLLATE "C" REFERENCES region (code);

CREATE UNIQUE INDEX organisation_by_jurisdiction ON organisation (jurisdiction);

-- organisation-2
ALTER TABLE organisation ADD COLUMN name_form TEXT COLLATE "C";

CREATE INDEX organisation_by_form ON organisation (region, name_form);

-- organisation-3

-- person-3
ALTER TABLE person ADD COLUMN id_kind TEXT COLLATE "C";

ALTER TABLE person ADD COLUMN name_typed TEXT COLLATE "C";

-- organisation-5

-- answer-1
CREATE TABLE api_answer (
    key     bytea NOT NULL PRIMARY KEY,
    request bytea NOT NULL,
    turn    bytea NOT NULL,
    lease   BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    answer  bytea
);

CREATE INDEX api_answer_by_expiry ON api_answer (expires);

-- login-batch-1
CREATE TABLE login_batch (
    number       BIGINT NOT NULL PRIMARY KEY,
    account      BIGINT NOT NULL REFERENCES account (number),
    organisation BIGINT REFERENCES organisation (number),
    bureau       BIGINT NOT NULL CONSTRAINT login_batch_bureau CHECK (bureau IN (0, 1)),
    scope        TEXT COLLATE "C" NOT NULL,
    reason       TEXT COLLATE "C" NOT NULL CONSTRAINT login_batch_reason CHECK (reason <> ''),
    made         BIGINT NOT NULL,
    expires      BIGINT NOT NULL CONSTRAINT login_batch_expires CHECK (expires > made),
    opened       BIGINT NOT NULL CONSTRAINT login_batch_opened CHECK (opened >= 0),
    fetched      BIGINT,
    ended        BIGINT,
    mac          bytea NOT NULL
);

CREATE TABLE login_code (
    account BIGINT NOT NULL PRIMARY KEY REFERENCES account (number),
    batch   BIGINT NOT NULL REFERENCES login_batch (number),
    mac     bytea NOT NULL
);

CREATE INDEX login_code_by_batch ON login_code (batch);

CREATE TABLE login_slip (
    account BIGINT NOT NULL PRIMARY KEY REFERENCES account (number),
    batch   BIGINT NOT NULL REFERENCES login_batch (number),
    sealed  bytea NOT NULL
);

CREATE INDEX login_slip_by_batch ON login_slip (batch);

-- policy-book-1
CREATE TABLE policy_version (
    number    BIGINT NOT NULL PRIMARY KEY,
    key       TEXT COLLATE "C" NOT NULL,
    version   BIGINT NOT NULL,
    hash      bytea NOT NULL,
    flat      TEXT COLLATE "C" NOT NULL,
    published BIGINT NOT NULL,
    CONSTRAINT policy_version_order UNIQUE (key, version),
    CONSTRAINT policy_version_text UNIQUE (key, hash)
);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER policy_version_append BEFORE UPDATE OR DELETE ON policy_version FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER policy_version_whole BEFORE TRUNCATE ON policy_version FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- recognition-1
CREATE TABLE evidence (
    person    BIGINT NOT NULL REFERENCES person (number),
    number    BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    source    TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    facts     TEXT COLLATE "C" NOT NULL,
    reason    TEXT COLLATE "C" NOT NULL,
    received  BIGINT NOT NULL,
    PRIMARY KEY (person, number, version),
    CONSTRAINT evidence_source UNIQUE (person, source, reference, version)
);

CREATE TABLE decision (
    person   BIGINT NOT NULL,
    number   BIGINT NOT NULL,
    evidence BIGINT NOT NULL,
    version  BIGINT NOT NULL,
    policy   BIGINT REFERENCES policy_version (number),
    credited BIGINT NOT NULL CONSTRAINT decision_credited CHECK (credited IN (0, 1)),
    words    TEXT COLLATE "C" NOT NULL,
    facts    TEXT COLLATE "C" NOT NULL,
    decided  BIGINT NOT NULL,
    PRIMARY KEY (person, number),
    CONSTRAINT decision_on_evidence FOREIGN KEY (person, evidence, version)
        REFERENCES evidence (person, number, version)
);

CREATE TABLE work (
    name    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    authors BIGINT CONSTRAINT work_authors CHECK (authors > 0)
);

CREATE TABLE claim (
    work     TEXT COLLATE "C" NOT NULL REFERENCES work (name),
    claimant BIGINT NOT NULL REFERENCES person (number),
    level    TEXT COLLATE "C" NOT NULL,
    evidence BIGINT NOT NULL,
    CONSTRAINT claim_once PRIMARY KEY (work, claimant, level)
);

CREATE INDEX claim_by_evidence ON claim (claimant, evidence);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER evidence_append BEFORE UPDATE OR DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER evidence_whole BEFORE TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER decision_append BEFORE UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER decision_whole BEFORE TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- recognition-2
ALTER TABLE decision ADD COLUMN basis TEXT COLLATE "C";

-- ledger-1
CREATE TABLE entry (
    person     BIGINT NOT NULL REFERENCES person (number),
    number     BIGINT NOT NULL CONSTRAINT entry_number CHECK (number > 0),
    reverses   BIGINT,
    follows    BIGINT NOT NULL,
    evidence   BIGINT NOT NULL,
    decision   BIGINT NOT NULL,
    policy     BIGINT NOT NULL REFERENCES policy_version (number),
    policy_key TEXT COLLATE "C" NOT NULL,
    day        TEXT COLLATE "C" NOT NULL,
    year       BIGINT NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    hours      BIGINT NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    tags       TEXT COLLATE "C" NOT NULL,
    work       TEXT COLLATE "C" NOT NULL,
    entered    BIGINT NOT NULL,
    hash       bytea NOT NULL,
    PRIMARY KEY (person, number),
    CONSTRAINT entry_reversed_once UNIQUE (person, reverses),
    CONSTRAINT entry_reverses FOREIGN KEY (person, reverses) REFERENCES entry (person, number),
    CONSTRAINT entry_hash CHECK (length(hash) = 32),
    CONSTRAINT entry_order CHECK (reverses < number AND follows < number),
    CONSTRAINT entry_sign CHECK ((reverses IS NULL AND hours > 0) OR (reverses IS NOT NULL AND hours < 0))
);

CREATE UNIQUE INDEX entry_one_standing ON entry (person, evidence, policy_key, year, subject, follows)
    WHERE reverses IS NULL;

CREATE TABLE chain (
    person  BIGINT NOT NULL PRIMARY KEY REFERENCES person (number),
    entries BIGINT NOT NULL,
    head    bytea NOT NULL CONSTRAINT chain_head CHECK (length(head) = 32)
);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER entry_append BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER entry_whole BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- standing-1
CREATE TABLE standing (
    person      BIGINT NOT NULL REFERENCES person (number),
    policy_key  TEXT COLLATE "C" NOT NULL,
    period_from TEXT COLLATE "C" NOT NULL,
    year        BIGINT NOT NULL,
    policy      BIGINT NOT NULL REFERENCES policy_version (number),
    outcome     TEXT COLLATE "C" NOT NULL
                CONSTRAINT standing_outcome CHECK (outcome IN ('qualified', 'short', 'exempt')),
    body        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (person, policy_key, period_from)
);

-- standing-2
CREATE INDEX standing_by_outcome ON standing (year, outcome, person);

-- standing-3
ALTER TABLE standing ADD COLUMN waivers TEXT COLLATE "C";

-- settlement-1
CREATE TABLE year_state (
    year    BIGINT NOT NULL,
    turn    BIGINT NOT NULL,
    state   TEXT COLLATE "C" NOT NULL CONSTRAINT year_state_known CHECK (state IN ('open', 'closing', 'settled')),
    reason  TEXT COLLATE "C" NOT NULL,
    decided BIGINT NOT NULL,
    PRIMARY KEY (year, turn)
);

CREATE TABLE settled (
    person      BIGINT NOT NULL REFERENCES person (number),
    policy_key  TEXT COLLATE "C" NOT NULL,
    period_from TEXT COLLATE "C" NOT NULL,
    version     BIGINT NOT NULL,
    year        BIGINT NOT NULL,
    policy      BIGINT NOT NULL REFERENCES policy_version (number),
    outcome     TEXT COLLATE "C" NOT NULL
                CONSTRAINT settled_outcome CHECK (outcome IN ('qualified', 'short', 'exempt')),
    body        TEXT COLLATE "C" NOT NULL,
    hash        bytea NOT NULL CONSTRAINT settled_hash CHECK (length(hash) = 32),
    reason      TEXT COLLATE "C" NOT NULL,
    settled     BIGINT NOT NULL,
    PRIMARY KEY (person, policy_key, period_from, version)
);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER year_state_append BEFORE UPDATE OR DELETE ON year_state FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER year_state_whole BEFORE TRUNCATE ON year_state FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER settled_append BEFORE UPDATE OR DELETE ON settled FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER settled_whole BEFORE TRUNCATE ON settled FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- settlement-2
ALTER TABLE settled ADD COLUMN turn BIGINT;

-- settlement-3
CREATE INDEX settled_opened ON settled (year, person) WHERE turn = 0;

-- registry-row-codes-1
ALTER TABLE policy_version ADD COLUMN mac bytea;

ALTER TABLE evidence ADD COLUMN mac bytea;

ALTER TABLE decision ADD COLUMN mac bytea;

ALTER TABLE work ADD COLUMN mac bytea;

ALTER TABLE claim ADD COLUMN mac bytea;

ALTER TABLE entry ADD COLUMN mac bytea;

ALTER TABLE chain ADD COLUMN mac bytea;

ALTER TABLE standing ADD COLUMN mac bytea;

ALTER TABLE year_state ADD COLUMN mac bytea;

ALTER TABLE settled ADD COLUMN mac bytea;

-- standing-4

-- recognition-3

-- certificate-form-1
CREATE TABLE certificate_form (
    number    BIGINT NOT NULL PRIMARY KEY,
    key       TEXT COLLATE "C" NOT NULL,
    version   BIGINT NOT NULL,
    region    TEXT COLLATE "C" NOT NULL,
    text      TEXT COLLATE "C" NOT NULL,
    hash      bytea NOT NULL CONSTRAINT certificate_form_hash CHECK (length(hash) = 32),
    published BIGINT NOT NULL,
    CONSTRAINT certificate_form_version UNIQUE (key, version)
);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER certificate_form_append BEFORE UPDATE OR DELETE ON certificate_form FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER certificate_form_whole BEFORE TRUNCATE ON certificate_form FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- certificate-1
CREATE TABLE certificate (
    number      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    person      BIGINT NOT NULL REFERENCES person (number),
    kind        TEXT COLLATE "C" NOT NULL CONSTRAINT certificate_kind CHECK (kind IN ('annual', 'hours')),
    standing_key  TEXT COLLATE "C" NOT NULL,
    period_from TEXT COLLATE "C" NOT NULL,
    settled     BIGINT NOT NULL,
    entry       BIGINT NOT NULL,
    holder      bytea NOT NULL,
    turn        BIGINT NOT NULL,
    code        bytea NOT NULL,
    issued      BIGINT NOT NULL,
    CONSTRAINT certificate_once
        UNIQUE (person, kind, standing_key, period_from, settled, entry, holder, turn),
    CONSTRAINT certificate_subject
        CHECK ((kind = 'annual') = (settled > 0) AND (kind = 'hours') = (entry > 0))
);

CREATE TABLE certificate_print (
    number  TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES certificate (number),
    pdf     bytea NOT NULL,
    printed BIGINT NOT NULL
);

CREATE TABLE certificate_revocation (
    number  TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES certificate (number),
    reason  TEXT COLLATE "C" NOT NULL CONSTRAINT certificate_revocation_reason CHECK (reason <> ''),
    revoked BIGINT NOT NULL
);
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER certificate_append BEFORE UPDATE OR DELETE ON certificate FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER certificate_whole BEFORE TRUNCATE ON certificate FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER certificate_print_append BEFORE UPDATE OR DELETE ON certificate_print FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER certificate_print_whole BEFORE TRUNCATE ON certificate_print FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23A01'; END $$;
CREATE TRIGGER certificate_revocation_append BEFORE UPDATE OR DELETE ON certificate_revocation FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER certificate_revocation_whole BEFORE TRUNCATE ON certificate_revocation FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- verification-1
CREATE TABLE verification_guess (
    number  TEXT COLLATE "C" NOT NULL,
    day     TEXT COLLATE "C" NOT NULL,
    guesses BIGINT NOT NULL,
    PRIMARY KEY (number, day)
);

CREATE INDEX verification_guess_by_day ON verification_guess (day);

-- proof-row-codes-1
ALTER TABLE certificate_form ADD COLUMN mac bytea;

ALTER TABLE certificate ADD COLUMN mac bytea;

ALTER TABLE certificate_revocation ADD COLUMN mac bytea;

-- file-1
CREATE TABLE file (
    hash   bytea NOT NULL PRIMARY KEY CONSTRAINT file_hash CHECK (length(hash) = 32),
    size   BIGINT NOT NULL,
    sealed bytea NOT NULL,
    kept   BIGINT NOT NULL
);

-- file-2
CREATE TABLE stored_file (
    hash bytea NOT NULL PRIMARY KEY CONSTRAINT stored_file_hash CHECK (length(hash) = 32),
    size BIGINT NOT NULL,
    kept BIGINT NOT NULL
);

CREATE TABLE stored_piece (
    hash   bytea NOT NULL REFERENCES stored_file (hash),
    piece  BIGINT NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (hash, piece)
);

-- file-3
ALTER TABLE stored_file ADD COLUMN place bytea CONSTRAINT stored_file_place CHECK (length(place) = 8);

ALTER TABLE stored_file ADD COLUMN is_public BIGINT NOT NULL DEFAULT 0
    CONSTRAINT stored_file_public CHECK (is_public IN (0, 1));

CREATE INDEX stored_file_by_kept ON stored_file (kept, hash);

CREATE TABLE stored_reference (
    owner  TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    hash   bytea NOT NULL REFERENCES stored_file (hash),
    PRIMARY KEY (owner, number, hash)
);

CREATE INDEX stored_reference_by_hash ON stored_reference (hash);

CREATE TABLE dropped_file (
    hash      bytea NOT NULL,
    place     bytea NOT NULL,
    is_public BIGINT NOT NULL,
    PRIMARY KEY (hash, place)
);

CREATE TABLE file_folder (
    id bytea NOT NULL PRIMARY KEY
);

CREATE TABLE file_upload (
    account BIGINT NOT NULL,
    time    BIGINT NOT NULL,
    size    BIGINT NOT NULL
);

CREATE INDEX file_upload_by_account ON file_upload (account, time);

-- job-1
CREATE TABLE job (
    number      BIGINT NOT NULL PRIMARY KEY,
    kind        TEXT COLLATE "C" NOT NULL,
    title       TEXT COLLATE "C" NOT NULL,
    account     BIGINT NOT NULL,
    detail      TEXT COLLATE "C" NOT NULL,
    input       bytea,
    input_name  TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL
                CONSTRAINT job_state CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    attempt     BIGINT NOT NULL,
    lease       BIGINT NOT NULL,
    done        BIGINT NOT NULL,
    total       BIGINT NOT NULL,
    result      TEXT COLLATE "C" NOT NULL,
    output      bytea,
    output_name TEXT COLLATE "C" NOT NULL,
    created     BIGINT NOT NULL,
    ended       BIGINT NOT NULL
);

CREATE INDEX job_by_state ON job (state, number);

CREATE INDEX job_by_account ON job (account, number);

-- job-2
ALTER TABLE job ADD COLUMN told bytea;

ALTER TABLE job ADD COLUMN answered bytea;

ALTER TABLE job ADD COLUMN begun BIGINT NOT NULL DEFAULT 0;

ALTER TABLE job ADD COLUMN faults TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE INDEX job_by_turn ON job (account, begun);

-- job-3
ALTER TABLE job DROP COLUMN title;

ALTER TABLE job DROP COLUMN detail;

ALTER TABLE job DROP COLUMN input_name;

ALTER TABLE job DROP COLUMN result;

ALTER TABLE job DROP COLUMN output_name;

DROP TABLE file;

-- job-4
ALTER TABLE job ADD COLUMN order_key TEXT COLLATE "C";

ALTER TABLE job ADD COLUMN due BIGINT NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX job_by_key ON job (kind, account, order_key)
    WHERE order_key IS NOT NULL AND state IN ('waiting', 'running');

-- job-5
INSERT INTO stored_reference (owner, number, hash)
SELECT 'job', number, input FROM job
WHERE state IN ('waiting', 'running') AND input IN (SELECT hash FROM stored_file);

UPDATE stored_file SET kept = (SELECT max(ended) FROM job WHERE input = hash OR output = hash)
WHERE kept < (SELECT max(ended) FROM job WHERE input = hash OR output = hash);

-- job-6
ALTER TABLE job DROP COLUMN faults;

ALTER TABLE job ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;

ALTER TABLE job ADD COLUMN crashes BIGINT NOT NULL DEFAULT 0;

ALTER TABLE job ADD COLUMN all_crashes BIGINT NOT NULL DEFAULT 0;

ALTER TABLE job ADD COLUMN reached BIGINT NOT NULL DEFAULT 0;

-- outbox-1
CREATE TABLE outbox_message (
    number   BIGINT NOT NULL PRIMARY KEY,
    id       TEXT COLLATE "C" NOT NULL CONSTRAINT outbox_message_once UNIQUE,
    channel  TEXT COLLATE "C" NOT NULL,
    state    TEXT COLLATE "C" NOT NULL
             CONSTRAINT outbox_message_state
             CHECK (state IN ('created', 'sending', 'delivered', 'failed')),
    content  bytea,
    attempt  BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    reason   TEXT COLLATE "C" NOT NULL,
    due      BIGINT NOT NULL,
    lease    BIGINT NOT NULL,
    created  BIGINT NOT NULL,
    ended    BIGINT NOT NULL
);

CREATE INDEX outbox_message_by_state ON outbox_message (channel, state, due);
