package letter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// The files of a bundle.
const (
	fileLetters  = "letters.pdf"
	fileList     = "f103.pdf"
	fileTable    = "f103.csv"
	fileManifest = "manifest.json"
)

// bundle brings what is to be printed to the printing house, with the lists for
// the post.
func (s *Service) bundle(ctx context.Context, w *way) error {
	if err := s.carry(ctx, w, domain.HandoverList); err != nil {
		return err
	}
	jobs, err := s.Desk.PrintJobs(ctx, w.Batch.ID)
	if err != nil {
		return err
	}
	if w.Bundle, err = s.pack(w, jobs); err != nil {
		return err
	}
	// Whose letters leave is known before they do.
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		for _, job := range jobs {
			if err := s.noteOf(ctx, w.desk, "letter.render", job.Letter); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.carry(ctx, w, domain.HandoverBundle); err != nil {
		return err
	}
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		return s.done(ctx, w, domain.HandoverBundle, func(_ context.Context, b *domain.LetterBatch) error {
			b.Handover.BundledAt = s.Clock.Now()
			return nil
		})
	})
}

// printed marks a batch as printed that the printing house has.
func (s *Service) printed(ctx context.Context, w *way) error {
	if err := s.keepCopies(ctx, w.desk, w.Batch); err != nil {
		return err
	}
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		return s.done(ctx, w, domain.HandoverPrint, func(ctx context.Context, b *domain.LetterBatch) error {
			return s.print(ctx, w.desk, b)
		})
	})
}

// pack makes the files of a bundle. The same letters give the same files.
func (s *Service) pack(w *way, jobs []domain.PrintedLetter) (out domain.LetterBundle, err error) {
	b := w.numbered(jobs)
	letters, err := s.Press.Letters(w.Batch, w.From, jobs)
	if err != nil {
		return out, err
	}
	files := []domain.BundleFile{{Name: fileLetters, Content: letters}}
	lists := w.Lists
	if len(lists) == 0 {
		own, err := s.Press.DispatchPDF(b, w.From)
		if err != nil {
			return out, err
		}
		lists = append(lists, own)
	}
	for i, list := range lists {
		name := fileList
		if i > 0 {
			name = "f103-" + strconv.Itoa(i+1) + ".pdf"
		}
		files = append(files, domain.BundleFile{Name: name, Content: list})
	}
	table, err := s.Press.DispatchCSV(b)
	if err != nil {
		return out, err
	}
	files = append(files, domain.BundleFile{Name: fileTable, Content: table})
	manifest, err := newManifest(b, w.From, jobs, files)
	if err != nil {
		return out, err
	}
	files = append(files, domain.BundleFile{Name: fileManifest, Content: manifest})
	return domain.LetterBundle{Name: b.BundleName(), Files: files}, nil
}

// numbered is the batch with the track numbers that the post gave to the letters
// which are printed; all others are off its lists.
func (w *way) numbered(jobs []domain.PrintedLetter) domain.LetterBatch {
	b := w.Batch
	b.Letters = append([]domain.Letter(nil), b.Letters...)
	printed := map[uuid.UUID]bool{}
	for _, job := range jobs {
		printed[job.Letter.ID] = true
	}
	tracks := map[uuid.UUID]domain.PostOrder{}
	for _, o := range w.Orders {
		tracks[o.Letter.ID] = o
	}
	for i, l := range b.Letters {
		b.Letters[i].Track = tracks[l.ID].Track
		if !printed[l.ID] {
			b.Letters[i].Status = domain.LetterCancelled
		}
	}
	return b
}

// manifest says what a bundle holds. It has no names, addresses and codes.
type manifest struct {
	Version   int              `json:"version"`
	Batch     uuid.UUID        `json:"batch_id"`
	Number    int              `json:"batch_number"`
	CreatedAt time.Time        `json:"created_at"`
	Place     string           `json:"place"`
	Count     int              `json:"letter_count"`
	Letters   []manifestLetter `json:"letters"`
	Files     []manifestFile   `json:"files"`
}

// manifestLetter is a page of the letters, in their order.
type manifestLetter struct {
	Page   int    `json:"page"`
	Number string `json:"number"`
	// Track is empty where the post was not asked for one.
	Track string `json:"track_number"`
}

type manifestFile struct {
	Name   string `json:"name"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
}

func newManifest(
	b domain.LetterBatch, from domain.ServiceCentre, jobs []domain.PrintedLetter, files []domain.BundleFile,
) ([]byte, error) {
	m := manifest{
		Version: 1, Batch: b.ID, Number: b.Number, CreatedAt: b.CreatedAt, Place: from.Code, Count: len(jobs),
		Letters: []manifestLetter{},
	}
	tracks := map[uuid.UUID]string{}
	for _, l := range b.Letters {
		tracks[l.ID] = l.Track.Digits()
	}
	for i, job := range jobs {
		m.Letters = append(m.Letters, manifestLetter{i + 1, b.NameIn(job.Letter.ID), tracks[job.Letter.ID]})
	}
	for _, f := range files {
		sum := sha256.Sum256(f.Content)
		m.Files = append(m.Files, manifestFile{f.Name, len(f.Content), hex.EncodeToString(sum[:])})
	}
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}
