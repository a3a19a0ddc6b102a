package repository_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/repository/repotest"
	"example.org/kabinet/internal/testkit"
)

// raw opens a test's database past the repositories.
func raw(t *testing.T, e testkit.Engine, at string) *sql.DB {
	t.Helper()
	db := testkit.SQL(t, e, at)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// column is one column of one of our own tables.
type column struct {
	Table, Name string
	Nullable    bool
}

// columns lists the columns of all tables but those of the queue and of the
// migrations.
func columns(t *testing.T, e testkit.Engine, db *sql.DB) []column {
	t.Helper()
	query := `SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns
		WHERE table_schema = 'public' ORDER BY table_name, column_name`
	if e == testkit.SQLite {
		query = `SELECT m.name, c.name, c."notnull" = 0 FROM sqlite_schema m, pragma_table_info(m.name) c
			WHERE m.type = 'table' ORDER BY m.name, c.name`
	}
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var all []column
	for rows.Next() {
		var c column
		require.NoError(t, rows.Scan(&c.Table, &c.Name, &c.Nullable))
		if !foreignTable(c.Table) {
			all = append(all, c)
		}
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, all)
	return all
}

func foreignTable(name string) bool {
	return strings.HasPrefix(name, "river_") || strings.HasPrefix(name, "goose_") ||
		strings.HasPrefix(name, "sqlite_")
}

func tables(all []column) []string {
	var names []string
	for _, c := range all {
		names = append(names, c.Table)
	}
	return slices.Compact(names)
}

// withPool is the URL with another size of the pool.
func withPool(t *testing.T, at, size string) string {
	t.Helper()
	u, err := url.Parse(at)
	require.NoError(t, err)
	query := u.Query()
	query.Set("pool_max_conns", size)
	u.RawQuery = query.Encode()
	return u.String()
}

// person is somebody whose data must stay unreadable. Every value is long
// enough not to turn up by chance.
type person struct {
	family, given     string
	login, otherLogin string
	agent, address    string
	code, hash, token string
}

func canary() person {
	return person{
		family:     "Канарейкина",
		given:      "Кенара",
		login:      "+79991234567",
		otherLogin: "Canary.Person@example.org",
		agent:      "CanaryAgent/7.7",
		address:    "203.0.113.177",
		code:       "918273645546372819",
		hash:       "$argon2id$canary-hash",
		token:      "canary-access-token",
	}
}

// secrets are the parts of a person's data to look for.
func (p person) secrets() []string {
	return []string{
		p.family, p.given, strings.TrimPrefix(p.login, "+7"), p.otherLogin, strings.ToLower(p.otherLogin),
		strings.ToLower(p.otherLogin[:13]), p.agent, p.address, p.code, p.hash, p.token,
		"Канареевна", "1984-05-17", "11223344595", "112-233-445", "918273", "2014-06-02", "390001", "Снегирёвск",
		"Синтетических", "236977", "Канареечная", "Щегловая", "Чижовск", "reference-of-a-register", "Заявление канарейки", "7CANARY7",
		"Канареечный завод", "canary.payer@example.org", "CANARY-EDO", "087214777777", "087-214", "7214777777",
		"6700000014", "CANARY-AUTHORITY", "отказ канарейке",
		"JBSWY3DPEHPK3PXPCANARY", "08765430300", "087-654-303", "canary.operator@example.org", "по просьбе канарейки",
	}
}

// fill writes to every table through the repositories and returns the ids of a
// registration and of a message.
func fill(t *testing.T, s *repository.Store, p person) (registration, message uuid.UUID) {
	t.Helper()
	now := testkit.NewClock().Now()
	by := domain.Caller{RequestID: "request", Address: p.address, UserAgent: p.agent}
	r := p.registration(t)
	a := domain.NewCitizen(r, now)
	a.Contacts = append(a.Contacts, domain.Contact{
		ID: domain.NewID(), Value: login(t, p.otherLogin), ConfirmedAt: now,
	})
	device := domain.Session{
		ID: domain.NewID(), AccountID: a.ID, Status: domain.SessionActive, Transport: domain.TransportBody,
		Scope: domain.ScopeCabinet, UserAgent: p.agent, Address: p.address, CreatedAt: now, LastUsedAt: now, IdleAt: now, ExpiresAt: now,
	}
	m := domain.NewMessage(domain.MessageRegistrationCode, r.Contact, domain.LocaleRussian, now)
	m.Code = p.code
	lease, place := &domain.Lease{Key: []byte("key"), Owner: domain.NewID()}, domain.NewID()
	ctx := t.Context()
	limits, sessions := repository.NewLimits(s), repository.NewSessions(s)
	answers := repository.NewAnswers(s)
	for _, step := range []func() error{
		func() error { return repository.NewRegistrations(s).Create(ctx, r) },
		func() error { return repository.NewChallenges(s).Issue(ctx, p.challenge(r.ID)) },
		func() error {
			return repository.NewAccounts(s).Create(ctx, a, domain.Credential{AccountID: a.ID, Hash: p.hash, ChangedAt: now})
		},
		func() error { return sessions.Create(ctx, device) },
		func() error {
			return sessions.AddRefresh(ctx, domain.RefreshToken{Hash: []byte("hash"), SessionID: device.ID, CreatedAt: now})
		},
		func() error {
			return repository.NewThrottles(s).Update(ctx, p.login, p.address, func(v *domain.Throttle) error {
				return v.Attempt(now, domain.DefaultPolicies())
			})
		},
		func() error { return repository.NewMessages(s).Enqueue(ctx, m) },
		func() error { return repository.NewAttempts(s).Add(ctx, domain.NewAttempt(m.ID, "smtp", now)) },
		func() error {
			return repository.NewAudit(s).Record(ctx, domain.NewAuditEvent("canary.sings", r.ID, by, now))
		},
		func() error {
			_, err := limits.Take(ctx, domain.DefaultPolicies().CodesPerDayLimit(), r.Contact.Key(), now)
			return err
		},
		func() error { return begin(ctx, answers, lease) },
		func() error {
			list := domain.CentreReplacement{Centres: []domain.ServiceCentre{{
				ID: place, Kind: domain.CentreMFC, Zone: time.UTC, Offers: []domain.CentreOffer{{Method: domain.MethodServiceCentre, From: ident.DateOf(now)}},
			}}}
			_, err := repository.NewCentres(s).Replace(ctx, list, now)
			return err
		},
		func() error { return fillVerification(t, s, a.ID) },
		func() error {
			_, err := repository.NewPayers(s).Replace(ctx, repotest.Payers(canaryPayer(t)))
			return err
		},
		func() error { return fillLetters(t, s, p, a.ID) },
		func() error { return fillPayer(t, s, p) },
		func() error {
			_, err := repository.NewSandboxClocks(s).Advance(ctx, time.Hour, time.Hour)
			return err
		},
		func() error {
			return repository.NewWorkingCalendars(s).Put(ctx, []domain.CalendarYear{{Year: 2028, Content: "{}", ImportID: domain.NewID()}})
		},
		func() error { return fillOperator(t, s, p, place) },
		func() error {
			alarm := domain.NewAlarm(domain.AlarmManualReview, domain.NewID(), a.ID, now)
			return errors.Join(repository.NewApprovals(s).Create(ctx, repotest.Asked(a.ID, now)), repository.NewAlarms(s).Raise(ctx, alarm))
		},
		func() error { return answers.Finish(ctx, lease, domain.Answer{Status: 200, Body: []byte(p.token)}) },
	} {
		require.NoError(t, step())
	}
	return r.ID, m.ID
}

// fillVerification writes to the tables of the automatic checks.
func fillVerification(t *testing.T, s *repository.Store, account uuid.UUID) error {
	t.Helper()
	now := testkit.NewClock().Now()
	cases, data := repository.NewVerifications(s), repository.NewPersonalData(s)
	c := domain.NewVerificationCase(account, now)
	c.Taken(c.Runs()[0], "reference-of-a-register", now)
	c.Taken(c.Runs()[1], "reference-of-a-register", now)
	papers := repotest.Papers(t, account, c.ID, now)
	return errors.Join(
		cases.Create(t.Context(), c),
		data.Put(t.Context(), papers),
		data.Accept(t.Context(), repotest.Agreement(account, now)),
		fillRegister(t, s, account, papers.Subject),
		repository.NewConfirmations(s).Create(t.Context(), domain.Confirmation{
			ID: domain.NewID(), AccountID: account, CaseID: c.ID, Method: domain.ConfirmAtServiceCentre,
			Status: domain.ConfirmationRequested, VisitCode: "7CANARY7", CreatedAt: now, ExpiresAt: now,
		}),
	)
}

// fillRegister writes a person to the fund's own register, and the claim to the
// SNILS.
func fillRegister(t *testing.T, s *repository.Store, account uuid.UUID, p domain.CheckSubject) error {
	t.Helper()
	_, errClaim := repository.NewClaims(s).Claim(t.Context(), p.SNILS, account, testkit.NewClock().Now())
	_, errRegister := repository.NewInsuredPersons(s).Replace(t.Context(), domain.InsuredList{
		ID: domain.NewID(), Progress: func(int) {},
		People: func(yield func(domain.InsuredPerson, error) bool) {
			yield(domain.InsuredPerson{
				SNILS: p.SNILS, FamilyName: p.FamilyName, GivenName: p.GivenName, Patronymic: p.Patronymic,
				BirthDate: p.BirthDate, Gender: p.Gender,
			}, nil)
		},
	})
	return errors.Join(errClaim, errRegister)
}

// canaryPayer is a payer in the fund's register.
func canaryPayer(t *testing.T) domain.Payer {
	t.Helper()
	p := repotest.Payer(t, "087-214-777777")
	p.Name, p.Agreement.ID, p.Email = "ООО «Канареечный завод»", "CANARY-EDO", login(t, "canary.payer@example.org")
	return p
}

// fillOperator writes to the tables of operators, and what one of them did to
// the audit log.
func fillOperator(t *testing.T, s *repository.Store, p person, place uuid.UUID) error {
	t.Helper()
	now := testkit.NewClock().Now()
	name, errName := ident.ParseOperatorLogin("front.desk")
	snils, errSNILS := ident.ParseSNILS("087-654-303 00")
	o, a := domain.NewOperator(domain.OperatorInvitation{
		Login: name, FamilyName: p.registration(t).FamilyName, GivenName: p.registration(t).GivenName,
		Email: login(t, "canary.operator@example.org"), SNILS: snils, Role: domain.RoleOperator,
		Locale: domain.LocaleRussian, Places: []uuid.UUID{place},
	}, now)
	o.TOTPSecret, o.EnrolmentHash, o.EnrolmentUntil = "JBSWY3DPEHPK3PXPCANARY", []byte("hash"), now
	event := domain.NewAuditEvent("operator.view", o.ID, domain.Caller{}, now).Because("по просьбе канарейки")
	batch := domain.LetterBatch{
		ID: domain.NewID(), PlaceID: place, OperatorID: o.ID, Status: domain.LetterBatchOpen, CreatedAt: now,
	}
	errOperator := repository.NewOperators(s).Create(t.Context(), o, a)
	letters := repository.NewLetters(s)
	_, errBatch := letters.CreateBatch(t.Context(), batch, 1, nil)
	_, errHandover := letters.UpdateBatch(t.Context(), batch.ID, func(_ context.Context, b *domain.LetterBatch) error {
		return b.HandOver(o.ID, now)
	})
	errAttempt := letters.AddAttempt(t.Context(), domain.HandoverAttempt{
		ID: domain.NewID(), BatchID: batch.ID, Run: 1, At: now, Step: domain.HandoverOrder, Reason: "post: status 503",
	})
	errBatch = errors.Join(errBatch, errHandover, errAttempt)
	desk := domain.Desk{Operator: o, Place: domain.ServiceCentre{ID: place}}
	errCard := repository.NewRegistrationCards(s).Create(t.Context(), repotest.Card(t, a.ID, desk, now))
	return errors.Join(errName, errSNILS, errOperator, errBatch, errCard, repository.NewAudit(s).Record(t.Context(), event))
}

// fillPayer writes to the tables of payers who are connected or want to be.
func fillPayer(t *testing.T, s *repository.Store, p person) error {
	t.Helper()
	now := testkit.NewClock().Now()
	account, payer := domain.NewPayerAccount(canaryPayer(t), domain.LocaleRussian, now)
	payers, data := repository.NewPayerAccounts(s), repository.NewPersonalData(s)
	_, errAccount := payers.Ensure(t.Context(), account, payer)
	errPassword := payers.Remember(t.Context(), domain.Credential{AccountID: account.ID, Hash: p.hash}, now, 1)
	consent := repotest.Agreement(account.ID, now)
	consent.Document, consent.Address = domain.DocumentPayerConnection, p.address
	application := repotest.Application(t, payer.Number.Digits(), now)
	application.Email, application.AccountID = login(t, p.otherLogin), account.ID
	document := repotest.Document(t, canaryPayer(t), application, p.code)
	document.Reason = "отказ канарейке"
	return errors.Join(errAccount, errPassword, data.Accept(t.Context(), consent), s.InTx(t.Context(), func(ctx context.Context) error {
		return errors.Join(
			repository.NewPayerApplications(s).Create(ctx, application), repository.NewEDODocuments(s).Create(ctx, document),
		)
	}))
}

// fillLetters writes a letter that is still to be printed.
func fillLetters(t *testing.T, s *repository.Store, p person, account uuid.UUID) error {
	t.Helper()
	now := testkit.NewClock().Now()
	papers := repotest.Papers(t, account, account, now)
	all := repository.NewLetters(s)
	letter := domain.Letter{
		ID: domain.NewID(), AccountID: account, Purpose: domain.LetterIdentity, Status: domain.LetterRequested,
		Recipient: p.family + " " + p.given, Address: papers.Registration, Reference: "087-214-777777", Locale: domain.LocaleRussian,
		MAC: []byte("mac"), RequestedAt: now, DueOn: ident.DateOf(now),
	}
	err := all.Create(t.Context(), domain.PrintedLetter{Code: p.code, Letter: letter})
	return errors.Join(err, all.SaveOrders(t.Context(), []domain.PostOrder{{Letter: letter, Stage: domain.OrderAsked}}))
}

func begin(ctx context.Context, answers *repository.Answers, l *domain.Lease) error {
	now := testkit.NewClock().Now()
	_, err := answers.Begin(ctx, domain.AnswerRequest{
		Key: l.Key, Owner: l.Owner, RequestHash: []byte("body"), Now: now, LockedUntil: now, KeepUntil: now,
	})
	return err
}

func (p person) registration(t *testing.T) domain.Registration {
	t.Helper()
	now := testkit.NewClock().Now()
	family, err := ident.ParseName(p.family)
	require.NoError(t, err)
	given, err := ident.ParseName(p.given)
	require.NoError(t, err)
	return domain.Registration{
		ID: domain.NewID(), Status: domain.RegistrationCodeSent, FamilyName: family, GivenName: given,
		Contact: login(t, p.login), Locale: domain.LocaleRussian, TokenHash: []byte("hash"),
		CreatedAt: now, ExpiresAt: now,
	}
}

func (p person) challenge(subject uuid.UUID) domain.Challenge {
	now := testkit.NewClock().Now()
	return domain.Challenge{
		ID: domain.NewID(), Purpose: domain.PurposeRegistration, SubjectID: subject, Status: domain.ChallengeIssued,
		MAC: []byte("mac"), AttemptsLeft: 5, CreatedAt: now, ExpiresAt: now, ResendAt: now,
	}
}

func login(t *testing.T, text string) ident.Contact {
	t.Helper()
	c, err := ident.ParseLogin(text)
	require.NoError(t, err)
	return c
}
