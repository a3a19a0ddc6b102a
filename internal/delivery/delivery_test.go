package delivery_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/ident"
)

// maxSMS is one part of an SMS in UCS-2, in code units (3GPP TS 23.040).
const maxSMS = 70

const code = "123456"

// link is as long as the secret ones are.
const link = "https://cabinet.example.org/not-me#AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func renderer(t *testing.T) *delivery.Renderer {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	return delivery.NewRenderer(texts)
}

func message(t *testing.T, kind domain.MessageKind, locale domain.Locale, login string) domain.Message {
	t.Helper()
	to, err := ident.ParseLogin(login)
	require.NoError(t, err)
	m := domain.Message{
		ID: domain.NewID(), Kind: kind, Status: domain.MessageQueued, To: to, Locale: locale,
		CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	policies := domain.DefaultPolicies()
	switch kind { //nolint:exhaustive // the others say nothing of their own
	case domain.MessageRegistrationCode:
		m.Code = code
		m.ExpiresAt = m.CreatedAt.Add(policies.CodeLifetime(domain.ChannelOf(to)))
	case domain.MessageFirstSignIn:
		m.Code = code
		m.ExpiresAt = m.CreatedAt.Add(policies.FirstSignInLifetime)
	case domain.MessageOperatorEnrolment:
		m.Link = link
		m.ExpiresAt = m.CreatedAt.Add(policies.EnrolmentLifetime)
	case domain.MessageIdentityConfirmed:
		m.Link = link
	case domain.MessagePayerApplication:
		m.Code = code
		m.ExpiresAt = m.CreatedAt.Add(policies.CodeEmailLifetime)
	}
	m.Reason = reasons(kind)[0]
	if strings.HasPrefix(string(kind), "payer_") || kind == domain.MessagePasswordExpiring {
		m.About = payer
	}
	return m
}

// reasons are what a message of the kind chooses its words by; one that is empty
// where it has the same words always.
func reasons(kind domain.MessageKind) []string {
	var all []string
	switch kind { //nolint:exhaustive // the others have the same words always
	case domain.MessageVisitRefused:
		for _, reason := range domain.RefusalReasons() {
			all = append(all, string(reason))
		}
	case domain.MessagePayerAttempt:
		for _, reason := range []domain.ApplicationReason{
			domain.ReasonApplied, domain.ReasonINNDiffers, domain.ReasonPayerLiquidated, domain.ReasonConnected,
		} {
			all = append(all, string(reason))
		}
	case domain.MessagePasswordExpiring:
		for _, before := range domain.PasswordWarnings() {
			all = append(all, fmt.Sprintf("days_%d", before/(24*time.Hour)))
		}
	default:
		all = append(all, "")
	}
	return all
}

// locales are the languages that people are written to in.
func locales() []domain.Locale { return []domain.Locale{domain.LocaleRussian, domain.LocaleEnglish} }

// logins are an address of every kind.
func logins() []string { return []string{"+79001234567", "person@example.org"} }

// each calls test with every kind of message for every reason in every language
// to every kind of address.
func each(t *testing.T, test func(t *testing.T, m domain.Message, r delivery.Rendered)) {
	t.Helper()
	renderer := renderer(t)
	for _, kind := range domain.MessageKinds() {
		for _, locale := range locales() {
			for _, login := range logins() {
				for _, reason := range reasons(kind) {
					t.Run(strings.Join([]string{string(kind), string(locale), login, reason}, " "), func(t *testing.T) {
						t.Parallel()
						m := message(t, kind, locale, login)
						m.Reason = reason
						test(t, m, renderer.Render(m))
					})
				}
			}
		}
	}
}

// A message reaches the phone or the mailbox that it is for (M02), and tells in
// plain words why a visit came to nothing (M08).
func TestEveryMessageHasItsWords(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m domain.Message, r delivery.Rendered) {
		t.Helper()
		require.Equal(t, m.ID, r.ID)
		require.Equal(t, m.To.Value(), r.To)
		require.Equal(t, m.Code, r.Code)
		require.Equal(t, m.CreatedAt, r.CreatedAt)
		require.Equal(t, domain.ChannelOf(m.To), r.Channel)
		require.Equal(t, r.Channel == domain.ChannelEmail, r.Subject != "")
		for _, words := range []string{r.Text, r.Subject} {
			require.NotContains(t, words, "message.", "a key without words")
			require.NotContains(t, words, "reason.", "a key without words")
			require.NotContains(t, words, "{", "a placeholder without a value")
		}
		require.NotContains(t, r.Subject, code, "a subject shows on a locked screen")
		require.NotContains(t, r.Text, m.To.Value())
	})
}

// payer is the number of the payer whom messages are about.
const payer = "087-214-000001"

// words is a text without its link, and without the number of a payer.
func words(r delivery.Rendered) string {
	return strings.NewReplacer(link, "", payer, "").Replace(r.Text)
}

// units is how long an SMS is, in code units.
func units(text string) int { return len(utf16.Encode([]rune(text))) }

func TestOnlyCodesSayTheCode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m domain.Message, r delivery.Rendered) {
		t.Helper()
		digits := regexp.MustCompile(`\d+`).FindAllString(words(r), -1)
		switch {
		case m.Kind == domain.MessageRegistrationCode:
			minutes := map[domain.Channel]string{domain.ChannelSMS: "10", domain.ChannelEmail: "60"}[r.Channel]
			require.Equal(t, []string{code, minutes}, digits)
		case m.Kind == domain.MessageFirstSignIn:
			require.Equal(t, []string{code, "72"}, digits)
		case m.Kind == domain.MessagePayerApplication && r.Channel == domain.ChannelEmail:
			require.Equal(t, []string{code, "60"}, digits)
		case m.Kind == domain.MessagePayerApplication:
			require.Equal(t, []string{code}, digits)
		case m.Kind == domain.MessageOperatorEnrolment && r.Channel == domain.ChannelEmail:
			require.Equal(t, []string{"72"}, digits)
		default:
			require.Empty(t, digits)
		}
	})
}

// Links are in the messages alone whose business they are: others would teach
// people to follow links.
func TestOnlyTwoMessagesHaveLinks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m domain.Message, r delivery.Rendered) {
		t.Helper()
		linked := m.Kind == domain.MessageIdentityConfirmed ||
			m.Kind == domain.MessageOperatorEnrolment && r.Channel == domain.ChannelEmail
		require.Equal(t, linked, strings.Contains(r.Text, link))
		require.NotContains(t, r.Subject, link)
		require.NotContains(t, words(r), "http")
	})
}

func TestAnSMSIsOnePart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m domain.Message, r delivery.Rendered) {
		t.Helper()
		if r.Channel != domain.ChannelSMS {
			return
		}
		require.LessOrEqual(t, units(words(r)), maxSMS, r.Text)
		require.NotContains(t, r.Text, "\n")
	})
}

// The longest lifetime of a code that the configuration allows still fits.
func TestTheLongestCodeIsOnePart(t *testing.T) {
	t.Parallel()
	renderer := renderer(t)
	longest := map[domain.MessageKind]time.Duration{
		domain.MessageRegistrationCode: 24 * time.Hour,
		domain.MessagePayerApplication: 24 * time.Hour,
		domain.MessageFirstSignIn:      720 * time.Hour,
	}
	each(t, func(t *testing.T, m domain.Message, r delivery.Rendered) {
		t.Helper()
		if m.Code == "" || r.Channel != domain.ChannelSMS {
			return
		}
		require.Contains(t, longest, m.Kind)
		require.Len(t, m.Code, domain.CodeDigits)
		m.ExpiresAt = m.CreatedAt.Add(longest[m.Kind])
		text := renderer.Render(m).Text
		require.Contains(t, text, m.Code)
		require.LessOrEqual(t, units(text), maxSMS, text)
	})
}

// Letters of the other alphabet that look alike would make a text cost two
// parts, and look like a fraud to a filter.
func TestNoLettersOfTheOtherAlphabet(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m domain.Message, r delivery.Rendered) {
		t.Helper()
		other := unicode.Latin
		if m.Locale == domain.LocaleEnglish {
			other = unicode.Cyrillic
		}
		for _, letter := range r.Subject + words(r) {
			require.False(t, unicode.Is(other, letter), "%q in %s", letter, r.Text)
			require.False(t, unicode.IsControl(letter) && letter != '\n', "%q", letter)
		}
	})
}

func TestTextsAreTidy(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _ domain.Message, r delivery.Rendered) {
		t.Helper()
		require.NotContains(t, r.Text, "  ")
		require.NotContains(t, r.Text, "\n\n\n")
		require.False(t, strings.HasSuffix(r.Subject, "."))
		last := strings.TrimSpace(r.Text)
		require.True(t, strings.HasSuffix(last, ".") || strings.HasSuffix(last, link), r.Text)
	})
}

func TestAnUnknownLanguageReadsAsRussian(t *testing.T) {
	t.Parallel()
	renderer := renderer(t)
	unknown := renderer.Render(message(t, domain.MessageSessionRevoked, "de", "+79001234567"))
	russian := renderer.Render(message(t, domain.MessageSessionRevoked, domain.LocaleRussian, "+79001234567"))
	require.Equal(t, russian.Text, unknown.Text)
}

// Neither address nor code is printed or logged by accident (M27).
func TestPrintedMessagesTellNothing(t *testing.T) {
	t.Parallel()
	r := renderer(t).Render(message(t, domain.MessageRegistrationCode, domain.LocaleRussian, "+79001234567"))
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("sent", "message", r)
	for _, printed := range []string{
		fmt.Sprint(r), fmt.Sprintf("%+v", r), r.String(), fmt.Sprintf("%v", []any{r}), log.String(),
	} {
		require.Contains(t, printed, r.ID.String())
		require.NotContains(t, printed, "9001234567")
		require.NotContains(t, printed, code)
	}
}

// fake is a channel that keeps what it is given.
type fake struct {
	name string
	id   domain.Channel
	sent []delivery.Rendered
	err  error
}

func (f *fake) Name() string { return f.name }

func (f *fake) Channel() domain.Channel { return f.id }

func (f *fake) Send(ctx context.Context, r delivery.Rendered) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	f.sent = append(f.sent, r)
	return f.name + "-reference", f.err
}

func TestSenderKnowsWhoMayCarry(t *testing.T) {
	t.Parallel()
	first := &fake{name: "first", id: domain.ChannelSMS}
	second := &fake{name: "second", id: domain.ChannelSMS}
	mail := &fake{name: "smtp", id: domain.ChannelEmail}
	sender := delivery.NewSender(renderer(t), first, mail, second)
	m := message(t, domain.MessageRegistrationCode, domain.LocaleRussian, "person@example.org")
	require.Equal(t, []string{"smtp"}, sender.Providers(m))
	reference, err := sender.Send(t.Context(), m, "smtp")
	require.NoError(t, err)
	require.Equal(t, "smtp-reference", reference)
	require.Equal(t, []delivery.Rendered{renderer(t).Render(m)}, mail.sent)

	m = message(t, domain.MessageSessionRevoked, domain.LocaleEnglish, "+79001234567")
	require.Equal(t, []string{"first", "second"}, sender.Providers(m))
	_, err = sender.Send(t.Context(), m, "second")
	require.NoError(t, err)
	require.Empty(t, first.sent)
	require.Len(t, second.sent, 1)
	_, err = sender.Send(t.Context(), m, "smtp")
	require.Error(t, err, "it carries no SMS")
	require.NotErrorIs(t, err, domain.ErrUndeliverable)
}

func TestSenderPassesErrorsOn(t *testing.T) {
	t.Parallel()
	refused := fmt.Errorf("gone: %w", domain.ErrUndeliverable)
	sender := delivery.NewSender(renderer(t), &fake{name: "sms", id: domain.ChannelSMS, err: refused})
	m := message(t, domain.MessageRegistrationCode, domain.LocaleRussian, "+79001234567")
	_, err := sender.Send(t.Context(), m, "sms")
	require.ErrorIs(t, err, domain.ErrUndeliverable)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = sender.Send(ctx, m, "sms")
	require.ErrorIs(t, err, context.Canceled)
}

func TestSenderWithoutTheChannel(t *testing.T) {
	t.Parallel()
	sender := delivery.NewSender(renderer(t), &fake{name: "sms", id: domain.ChannelSMS})
	require.Empty(t, sender.Providers(message(t, domain.MessageSessionRevoked, domain.LocaleRussian, "person@example.org")))
}
