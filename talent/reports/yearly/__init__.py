"""The yearly report on recording and certification (Order 67 Art. 18: 年度工作报告)."""
